import { expect, test } from "@jest/globals";
import { Random } from "./random.ts";

test("is mulberry32", () => {
  const random = new Random(1);
  expect([random.uniform(), random.uniform(), random.uniform()].map((value) => value * 2 ** 32)).toEqual([
    2_693_262_067, 11_749_833, 2_265_367_787,
  ]);
});

test("makes normal numbers of mean 0 and deviation 1", () => {
  const random = new Random(42);
  const values = Array.from({ length: 20_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  expect(values.filter((value) => Math.abs(value) > 2).length / values.length).toBeCloseTo(0.0455, 2);
});
