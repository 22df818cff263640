import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { type ColoringCounts, color } from "./coloring.ts";
import { nanIndex } from "./palette.ts";
import { valuesOf } from "./values.ts";

function colored(values: readonly number[], low: number, high: number) {
  const pixels = new Uint8Array(values.length);
  const counts: ColoringCounts = { below: 0, above: 0, nan: 0 };
  color(Float64Array.from(values), { low, high }, pixels, counts);
  return { pixels: [...pixels], ...counts };
}

test("steps are even, the highest value has the last color", () => {
  expect(colored([0, 0.99, 1, 124.5, 249, 249.999, 250], 0, 250).pixels).toEqual([0, 0, 1, 124, 249, 249, 249]);
});

test("what lies outside is clipped and counted, infinities too; NaN has its own color", () => {
  const values = [-1, Number.NEGATIVE_INFINITY, 11, Number.POSITIVE_INFINITY, Number.NaN, 5];
  expect(colored(values, 0, 10)).toEqual({ pixels: [0, 0, 249, 249, nanIndex, 125], below: 2, above: 2, nan: 1 });
});

test("an empty range has two colors", () => {
  expect(colored([1, 2, 3], 2, 2)).toEqual({ pixels: [0, 0, 249], below: 1, above: 1, nan: 0 });
});

test.each([
  ["wider", [-1e308, -5e307, 0, 5e307, 1e308, Number.POSITIVE_INFINITY], -1e308, 1e308],
  ["narrower", [0, 5e-324, 1e-323, 1.5e-323, 2e-323, 1], 0, 2e-323],
])("a range %s than float64 can tell keeps its steps", (_, values, low, high) => {
  expect(colored(values, low, high)).toEqual({ pixels: [0, 62, 125, 187, 249, 249], below: 0, above: 1, nan: 0 });
});

test("values of all types, with the stored scale and offset", () => {
  const spec = (dataType: string, more: Partial<ArraySpec> = {}) => ArraySpec.fromPartial({ dataType, ...more });
  expect([...valuesOf(spec("int16"), asBytes(Int16Array.of(-5, 7)))]).toEqual([-5, 7]);
  expect([...valuesOf(spec("float16"), asBytes(Uint16Array.of(0x3e00, 0xfc00)))]).toEqual([
    1.5,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([...valuesOf(spec("int64"), asBytes(BigInt64Array.of(-9n)))]).toEqual([-9]);
  expect([...valuesOf(spec("bool"), Uint8Array.of(0, 1))]).toEqual([0, 1]);
  const scaled = spec("uint8", { valueScale: -0.5, valueOffset: 10 });
  expect([...valuesOf(scaled, Uint8Array.of(0, 4))]).toEqual([10, 8]);
});
