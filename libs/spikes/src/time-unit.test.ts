import { expect, test } from "@jest/globals";
import { asElements } from "@sluice/core";
import { int64Bytes, loadedMs, roundHalfToEven, sampleOf, storedTimes, toSeconds } from "./index.ts";

test("halves go to the even neighbour, also below zero", () => {
  expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, -0.2].map(roundHalfToEven).map((value) => value + 0)).toEqual([
    -2, -2, 0, 0, 2, 2, 2, 0,
  ]);
});

test("seconds in each unit", () => {
  const seconds = Float64Array.of(-0.05, 0, 0.0005, 0.0015, 0.0025, 1.2345678);
  const values = (unit: "s" | "ms") => [...asElements("float64", storedTimes(seconds, { unit }).bytes)];
  expect(values("s")).toEqual([...seconds]);
  expect(values("ms")).toEqual([-50, 0, 0.5, 1.5, 2.5, 1234.5678]);
  const samples = storedTimes(seconds, { unit: "samples", samplingRateHz: 1000 });
  expect(samples.type).toBe("int64");
  expect([...asElements("int64", samples.bytes)]).toEqual([-50n, 0n, 0n, 2n, 2n, 1235n]);
  expect(sampleOf(1, { samplingRateHz: 1e9 })).toBe(1e9);
});

test("what readers get back", () => {
  const scale = { unit: "samples", samplingRateHz: 30_000 } as const;
  expect(loadedMs(0.1, scale)).toBe((3000 / 30_000) * 1e3);
  expect([...toSeconds(Float64Array.of(3000, 15), scale)]).toEqual([0.1, 0.0005]);
  expect([...toSeconds(Float64Array.of(5), { unit: "ms" })]).toEqual([0.005]);
});

test("int64 of any size and sign", () => {
  const values = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53 - 1)];
  expect([...asElements("int64", int64Bytes(Float64Array.from(values)))]).toEqual(values.map(BigInt));
});
