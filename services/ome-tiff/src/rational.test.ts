import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { toRational } from "./rational.ts";

test("pixels per centimeter become exact fractions", () => {
  expect(toRational(20_000_000)).toEqual([20_000_000, 1]);
  expect(toRational(1e7 / 1.171875)).toEqual([25_600_000, 3]);
  expect(toRational(0.25)).toEqual([1, 4]);
});

test("what RATIONAL cannot hold is undefined", () => {
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 5e9, 1e-10])
    expect(toRational(value)).toBeUndefined();
});

test("fractions are within a part in 10^9 of the number", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (value) => {
      const [numerator, denominator] = toRational(value)!;
      expect(denominator).toBeGreaterThan(0);
      expect(Math.abs(numerator / denominator - value) / value).toBeLessThan(value > 1e8 ? 1e-8 : 1e-9);
    }),
  );
});
