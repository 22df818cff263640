import { expect, test } from "@jest/globals";
import { problemOf } from "@sluice/core/testing";
import fc from "fast-check";
import { filtered, planeOf } from "../../testing/one-frame.ts";
import { gaussianFilter } from "./gaussian-filter.ts";
import { polynomialFlatten } from "./polynomial-flatten.ts";
import { removePlane } from "./remove-plane.ts";
import { rowMedianAlign } from "./row-median-align.ts";
import { verticalFlip } from "./vertical-flip.ts";
import { zeroMean } from "./zero-mean.ts";
import { zeroMedian } from "./zero-median.ts";

const nan = Number.NaN;

test("rows lose their median; a row that is masked whole stays", () => {
  expect(
    filtered(
      rowMedianAlign,
      planeOf([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ),
  ).toEqual([
    [-1, 0, 1],
    [-1, 0, 1],
  ]);
  const mask = [
    [1, 0, 0],
    [1, 1, 1],
  ];
  expect(
    filtered(
      rowMedianAlign,
      planeOf(
        [
          [100, 2, 4],
          [4, 5, 6],
        ],
        mask,
      ),
    ),
  ).toEqual([
    [97, -1, 1],
    [4, 5, 6],
  ]);
});

test("NaN has no part in a median or mean and stays NaN", () => {
  expect(filtered(rowMedianAlign, planeOf([[nan, 1, 2, 6]]))).toEqual([[nan, -1, 0, 4]]);
  expect(filtered(zeroMean, planeOf([[nan, 1, 3]]))).toEqual([[nan, -1, 1]]);
  expect(filtered(zeroMedian, planeOf([[nan, 1, 3, 8]]))).toEqual([[nan, -2, 0, 5]]);
});

test("mean and median are those of the background", () => {
  const plane = planeOf(
    [
      [1, 2],
      [3, 40],
    ],
    [
      [0, 0],
      [0, 1],
    ],
  );
  expect(filtered(zeroMean, plane)).toEqual([
    [-1, 0],
    [1, 38],
  ]);
  expect(filtered(zeroMedian, plane)).toEqual([
    [-1, 0],
    [1, 38],
  ]);
});

test.each([
  ["zero_mean", zeroMean],
  ["zero_median", zeroMedian],
  ["remove_plane", removePlane],
])("%s refuses a frame that is masked whole", async (_name, step) => {
  const plane = planeOf(
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  );
  expect(await problemOf(() => filtered(step, plane))).toMatchObject({ reason: "BACKGROUND_TOO_SMALL", got: "0" });
});

test("an exact plane leaves nothing, whatever lies under the mask or is NaN", () => {
  const rows = Array.from({ length: 8 }, (_, y) => Array.from({ length: 9 }, (__, x) => 3 * x - 2 * y + 700));
  (rows[2] as number[])[3] = 1e6;
  (rows[5] as number[])[5] = nan;
  const mask = rows.map((row) => row.map((value) => (value === 1e6 ? 1 : 0)));
  const result = filtered(removePlane, planeOf(rows, mask));
  for (const [y, row] of result.entries()) {
    for (const [x, value] of row.entries()) {
      if (y === 5 && x === 5) expect(value).toBeNaN();
      else if (y === 2 && x === 3) expect(value).toBeCloseTo(1e6 - (9 - 4 + 700), 6);
      else expect(Math.abs(value)).toBeLessThan(1e-9);
    }
  }
});

test("a frame of one row has a slope along it alone", () => {
  const [row] = filtered(removePlane, planeOf([[1, 3, 5, 7]]));
  for (const value of row as number[]) expect(value).toBeCloseTo(0, 12);
});

test("a surface of degree k leaves nothing after a fit of order k, nor of the background alone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 8, max: 20 }),
      fc.integer({ min: 8, max: 20 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 15, maxLength: 15 }),
      fc.boolean(),
      (order, height, width, weights, isMasked) => {
        const surface = (x: number, y: number) => {
          let sum = 0;
          for (let i = 0, term = 0; i <= order; i++) {
            for (let j = 0; i + j <= order; j++)
              sum += (weights[term++] as number) * (x / width) ** i * (y / height) ** j;
          }
          return sum;
        };
        const rows = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => surface(x, y)));
        const mask = rows.map((row, y) => row.map((_, x) => ((x * 7 + y * 3) % 5 === 0 ? 1 : 0)));
        const marred = rows.map((row, y) => row.map((value, x) => value + (isMasked && mask[y]?.[x] ? 50 : 0)));
        const result = filtered(polynomialFlatten, planeOf(marred, isMasked ? mask : undefined), { order });
        for (const [y, row] of result.entries()) {
          for (const [x, value] of row.entries()) {
            expect(Math.abs(value - (isMasked && mask[y]?.[x] ? 50 : 0))).toBeLessThan(1e-8);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a fit needs as many pixels as it has terms", async () => {
  await expect(async () =>
    filtered(
      polynomialFlatten,
      planeOf([
        [1, 2],
        [3, 4],
      ]),
    ),
  ).rejects.toThrow("FRAME_TOO_SMALL");
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const mask = [
    [1, 1, 1],
    [1, 0, 0],
    [0, 0, 0],
  ];
  expect(await problemOf(() => filtered(polynomialFlatten, planeOf(rows, mask)))).toMatchObject({
    reason: "BACKGROUND_TOO_SMALL",
    got: "5",
    allowed: ["at least 6"],
  });
});

test("a blur keeps a constant and the sum, and mirrors at the border", () => {
  for (const row of filtered(
    gaussianFilter,
    planeOf([
      [5, 5],
      [5, 5],
      [5, 5],
    ]),
    { sigma: 3 },
  )) {
    for (const value of row) expect(value).toBeCloseTo(5, 12);
  }
  const point = planeOf([[0, 0, 0, 0, 0, 9, 0]]);
  const [row = []] = filtered(gaussianFilter, point, { sigma: 0.8 });
  expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(9, 12);
  expect(filtered(gaussianFilter, point, { sigma: 0 })).toEqual([[0, 0, 0, 0, 0, 9, 0]]);
});

test("NaN does not spread in a blur", () => {
  const [row = []] = filtered(gaussianFilter, planeOf([[2, 2, nan, 2, 2]]));
  expect(row[2]).toBeNaN();
  for (const value of row.filter((other) => !Number.isNaN(other))) expect(value).toBeCloseTo(2, 12);
});

test("a flip reverses the rows", () => {
  expect(
    filtered(
      verticalFlip,
      planeOf([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ),
  ).toEqual([
    [5, 6],
    [3, 4],
    [1, 2],
  ]);
});
