/** Index on each axis of a cell that is counted in C order. The count of axis 0 is not needed: it may still grow. */
export function cellIndex(cell: number, counts: readonly number[]): number[] {
  const index = counts.map(() => 0);
  let rest = cell;
  for (let axis = counts.length - 1; axis > 0; axis--) {
    const count = counts[axis] as number;
    index[axis] = rest % count;
    rest = Math.floor(rest / count);
  }
  index[0] = rest;
  return index;
}
