/** Gives numbers in 0..1. */
export type Random = () => number;

/** Numbers that break things. */
const edges = [0, 1, 2, 3, 5, 6, 7, 255, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

/** Names that break things, and some that do not. */
export const texts = [
  "",
  "image",
  "x".repeat(300),
  "../../etc/passwd",
  "/x",
  "a\u0000b",
  "CON",
  "\ud83d\udd2c",
  "uint12",
  "float64",
  "bool",
];

/** A whole number from 0 to `limit` - 1; 0 when there is none. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** One of the items; undefined when there is none. */
export function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[below(items.length, random)];
}

/** A number that breaks things. */
export function edge(random: Random): number {
  return pick(edges, random) ?? 0;
}

/** Such a number that fits into 32 bits. */
export function edge32(random: Random): number {
  return edge(random) % 2 ** 32;
}

/** A list with one number changed, one too few or one too many. */
export function numbers(values: readonly number[], random: Random): number[] {
  const chance = random();
  if (chance < 0.15) return values.slice(0, -1);
  if (chance < 0.3) return [...values, edge(random)];
  return values.length === 0 ? [] : values.with(below(values.length, random), edge(random));
}
