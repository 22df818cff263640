/**
 * "Did you mean ...?" of the names nearest to `wrong`, the nearest first; undefined where none is near.
 *
 * @param most names at most
 */
export function didYouMean(wrong: string, names: readonly string[], most: number): string | undefined {
  const [first, ...others] = nearestNames(wrong, names).slice(0, most);
  if (first === undefined) return undefined;
  const last = others.pop();
  return `Did you mean ${[first, ...others].join(", ")}${last === undefined ? "" : ` or ${last}`}?`;
}

/**
 * Names near enough to be what was meant, the nearest first. The last part of a name with dots stands for it: nobody has
 * to know its family.
 */
function nearestNames(wrong: string, names: readonly string[]): string[] {
  const reach = Math.max(2, Math.floor(wrong.length / 3));
  return names
    .map((name) => ({ name, distance: distance(wrong, name) }))
    .filter((candidate) => candidate.distance <= reach)
    .toSorted((one, other) => one.distance - other.distance)
    .map(({ name }) => name);
}

function distance(wrong: string, name: string): number {
  return Math.min(editDistance(wrong, name), editDistance(wrong, name.slice(name.lastIndexOf(".") + 1)));
}

/** Levenshtein distance: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
