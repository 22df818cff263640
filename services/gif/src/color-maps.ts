import { colorTables } from "./color-tables.ts";

/** Colors that values are shown in. */
export const colorSteps = 250;

/** Color maps by their names in matplotlib; each also reversed, with `_r`. */
const colorMapNames = ["afmhot", "grey", "gray", ...tableNames()] as const;
type Name = "afmhot" | "grey" | "gray" | keyof typeof colorTables;
export type ColorMapName = Name | `${Name}_r`;

/** Names with their reversed forms. */
export const allColorMapNames: readonly ColorMapName[] = colorMapNames.flatMap((name) => [name, `${name}_r`] as const);

/**
 * The colors of a map, red, green, blue in turn for each of {@link colorSteps} steps: those that matplotlib gives for
 * `colormaps[name].resampled(250)`.
 */
export function colorMap(name: ColorMapName): Uint8Array {
  const reversed = name.endsWith("_r");
  const base = (reversed ? name.slice(0, -2) : name) as Name;
  const colorAt = colors(base);
  const table = new Uint8Array(3 * colorSteps);
  for (let step = 0; step < colorSteps; step++) {
    const place = (reversed ? colorSteps - 1 - step : step) / (colorSteps - 1);
    table.set(colorAt(place), 3 * step);
  }
  return table;
}

/** Color at a place from 0 to 1. */
function colors(name: Name): (place: number) => ArrayLike<number> {
  if (name === "afmhot") return (x) => [2 * x, 2 * x - 0.5, 2 * x - 1].map(toByte);
  if (name === "grey" || name === "gray") return (x) => [x, x, x].map(toByte);
  const table = Buffer.from(colorTables[name], "base64");
  return (x) => {
    const row = Math.min(255, Math.floor(x * 256));
    return table.subarray(3 * row, 3 * row + 3);
  };
}

function toByte(share: number): number {
  return Math.floor(255 * Math.min(1, Math.max(0, share)));
}

function tableNames() {
  return Object.keys(colorTables) as (keyof typeof colorTables)[];
}
