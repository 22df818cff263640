import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { maskOf, planeOf } from "../../testing/one-frame.ts";
import { maskAdaptive } from "./mask-adaptive.ts";
import { maskBelowThreshold } from "./mask-below-threshold.ts";
import { maskMeanOffset } from "./mask-mean-offset.ts";
import { maskMorphological } from "./mask-morphological.ts";
import { maskThreshold } from "./mask-threshold.ts";

test("thresholds mask what is beyond them, and nothing that is not finite", () => {
  const plane = planeOf([
    [0.1, 0.5, Number.NaN],
    [1.2, -1.5, Number.POSITIVE_INFINITY],
  ]);
  expect(maskOf(maskThreshold, plane, { threshold: 1 })).toEqual([
    [0, 0, 0],
    [1, 0, 0],
  ]);
  expect(maskOf(maskBelowThreshold, plane, { threshold: 1 })).toEqual([
    [1, 1, 0],
    [0, 1, 0],
  ]);
});

test("mean offset masks what stands out of its frame", () => {
  expect(maskOf(maskMeanOffset, planeOf([[0, 0, 0, 10, Number.NaN]]))).toEqual([[0, 0, 0, 1, 0]]);
});

test("closing fills the hole of a ring", () => {
  const ring = Array.from({ length: 5 }, (_, y) =>
    Array.from({ length: 5 }, (__, x) => (Math.max(Math.abs(x - 2), Math.abs(y - 2)) === 1 ? 9 : 0)),
  );
  expect(maskOf(maskMorphological, planeOf(ring), { threshold: 1 })).toEqual([
    [0, 0, 0, 0, 0],
    [0, 1, 1, 1, 0],
    [0, 1, 1, 1, 0],
    [0, 1, 1, 1, 0],
    [0, 0, 0, 0, 0],
  ]);
});

test("closing equals dilation, then erosion, by their definition", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom(0, 2), { minLength: 81, maxLength: 81 }),
      (height, width, size, values) => {
        const rows = Array.from({ length: height }, (_, y) => values.slice(y * width, (y + 1) * width));
        const before = Math.floor(size / 2);
        const after = size - 1 - before;
        const window = (lower: number, upper: number) =>
          Array.from({ length: upper + lower + 1 }, (_, index) => index - lower);
        const dilated = rows.map((row, y) =>
          row.map((_, x) =>
            window(after, before).some((dy) => window(after, before).some((dx) => rows[y + dy]?.[x + dx])),
          ),
        );
        const closed = dilated.map((row, y) =>
          row.map((_, x) =>
            window(before, after).every((dy) => window(before, after).every((dx) => dilated[y + dy]?.[x + dx])) ? 1 : 0,
          ),
        );
        expect(maskOf(maskMorphological, planeOf(rows), { threshold: 1, structure_size: size })).toEqual(closed);
      },
    ),
    { numRuns: 60 },
  );
});

test("adaptive masks what is above the mean of its block", () => {
  const rows = [
    [0, 4, 10, 10, 1],
    [0, 0, 10, 18, 3],
    [7, 7, 5, 5, 5],
  ];
  expect(maskOf(maskAdaptive, planeOf(rows), { block_size: 2 })).toEqual([
    [0, 1, 0, 0, 0],
    [0, 0, 0, 1, 1],
    [0, 0, 0, 0, 0],
  ]);
});
