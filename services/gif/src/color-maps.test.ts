import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { allColorMapNames, type ColorMapName, colorMap, colorSteps } from "./color-maps.ts";
import { paletteOf } from "./palette.ts";

const rows = (table: Uint8Array) =>
  Array.from({ length: table.length / 3 }, (_, row) => [...table.subarray(3 * row, 3 * row + 3)]);

test("afmhot is 2x, 2x - 0.5, 2x - 1, clipped", () => {
  const table = rows(colorMap("afmhot"));
  expect(table).toHaveLength(colorSteps);
  expect(table[0]).toEqual([0, 0, 0]);
  expect(table[83]).toEqual([170, 42, 0]);
  expect(table[166]).toEqual([255, 212, 84]);
  expect(table[249]).toEqual([255, 255, 255]);
});

test("first and last colors of the tables", () => {
  const ends = Object.fromEntries(
    ["viridis", "magma", "inferno", "plasma", "cividis", "turbo", "grey"].map((name) => {
      const table = rows(colorMap(name as ColorMapName));
      return [name, [table[0], table.at(-1)]];
    }),
  );
  expect(ends).toEqual({
    viridis: [
      [68, 1, 84],
      [253, 231, 36],
    ],
    magma: [
      [0, 0, 3],
      [251, 252, 191],
    ],
    inferno: [
      [0, 0, 3],
      [252, 254, 164],
    ],
    plasma: [
      [12, 7, 134],
      [239, 248, 33],
    ],
    cividis: [
      [0, 34, 77],
      [253, 231, 55],
    ],
    turbo: [
      [48, 18, 59],
      [122, 4, 2],
    ],
    grey: [
      [0, 0, 0],
      [255, 255, 255],
    ],
  });
});

test("each map has a reversed form", () => {
  const forward = allColorMapNames.filter((name) => !name.endsWith("_r"));
  expect(allColorMapNames).toHaveLength(2 * forward.length);
  for (const name of forward) {
    expect(rows(colorMap(`${name}_r` as ColorMapName))).toEqual(rows(colorMap(name)).toReversed());
  }
});

test("the palette: colors, NaN, black over greys to white", () => {
  const palette = rows(paletteOf("viridis", "#4fb3FF"));
  expect(palette).toHaveLength(256);
  expect(palette.slice(249)).toEqual([
    [253, 231, 36],
    [79, 179, 255],
    [0, 0, 0],
    [64, 64, 64],
    [128, 128, 128],
    [191, 191, 191],
    [255, 255, 255],
  ]);
});

// Tables that matplotlib gave, 256 rows; they are not part of the project.
const peers = fileURLToPath(new URL("../../../../shared/data/playnano/colormaps_256_u8.json", import.meta.url));
const name = "matplotlib's tables, each row of ours the row of 256 at its place";
if (existsSync(peers)) {
  test(name, () => {
    const tables = JSON.parse(readFileSync(peers, "utf8")) as Record<string, number[][]>;
    for (const map of ["viridis", "magma", "inferno", "plasma", "cividis", "turbo"] as const) {
      const places = Array.from({ length: colorSteps }, (_, step) => Math.min(255, Math.floor((step / 249) * 256)));
      expect(rows(colorMap(map))).toEqual(places.map((place) => tables[map]?.[place]));
    }
    // Closed forms are evaluated at 250 places, not looked up at 256: a row apart at most.
    for (const [map, steepness] of [
      ["afmhot", 2],
      ["gray", 1],
    ] as const) {
      for (const [step, row] of rows(colorMap(map)).entries()) {
        const expected = tables[map]?.[Math.round((step / 249) * 255)] as number[];
        for (const [channel, value] of row.entries()) {
          expect(Math.abs(value - (expected[channel] as number))).toBeLessThanOrEqual(steepness);
        }
      }
    }
  });
} else {
  test.skip(`${name} (skipped: ../shared/data/playnano is not there)`, () => undefined);
}
