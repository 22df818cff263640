import { expect, test } from "@jest/globals";
import { ArraySpec } from "@sluice/proto";
import { rowsPerBlock } from "./rows-per-block.ts";

test.each([
  ["traces", [30_000, 384], "int16", 1365],
  ["a length that is not known yet", [undefined, 64], "float32", 4096],
  ["one axis", [10], "float64", 2 ** 17],
  ["rows above a mebibyte", [5, 1024, 1024], "float64", 1],
  ["no channels", [5, 0], "int16", 2 ** 20],
])("%s", (_, sizes, dataType, rows) => {
  const axes = sizes.map((size) => ({ size }));
  expect(rowsPerBlock(ArraySpec.fromPartial({ name: "raw", dataType, axes }))).toBe(rows);
});
