import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { ArraySpec, Axis } from "@sluice/proto";
import { coordinateValues, timesOfScale, timesOfValues } from "./frame-times.ts";

test("times of a uniform axis", () => {
  const times = timesOfScale(Axis.fromPartial({ name: "t", unit: "millisecond", scale: 250, origin: 1000 }));
  expect(times?.increment).toBe(0.25);
  expect([0, 1, 4].map((index) => times?.secondsAt(index))).toEqual([1, 1.25, 2]);
});

test("times are unknown without a scale or a unit of time", () => {
  expect(timesOfScale(Axis.fromPartial({ name: "t", unit: "second" }))).toBeUndefined();
  expect(timesOfScale(Axis.fromPartial({ name: "t", scale: 1 }))).toBeUndefined();
  expect(timesOfValues(Float64Array.of(1), "volt")).toBeUndefined();
});

test("times by value are kept to the last bit; NaN is no time", () => {
  const times = timesOfValues(Float64Array.of(0, 3.275, Number.NaN, 9.825), "second");
  expect([0, 1, 2, 3, 4].map((index) => times?.secondsAt(index))).toEqual([0, 3.275, undefined, 9.825, undefined]);
  expect(times?.increment).toBeUndefined();
});

test("values with equal steps have an increment, others have none", () => {
  expect(timesOfValues(Float64Array.of(1, 1.5, 2), "s")?.increment).toBe(0.5);
  expect(timesOfValues(Float64Array.of(1, 1.5, 2.01), "s")?.increment).toBeUndefined();
  expect(timesOfValues(Float64Array.of(2, 1), "s")?.increment).toBeUndefined();
  expect(timesOfValues(Float64Array.of(2), "s")?.increment).toBeUndefined();
});

test("stored coordinates are read with their scale and offset", () => {
  const array = ArraySpec.fromPartial({ dataType: "int64", valueScale: 0.5, valueOffset: 1 });
  expect([...coordinateValues(array, asBytes(BigInt64Array.of(0n, 4n)))]).toEqual([1, 3]);
});
