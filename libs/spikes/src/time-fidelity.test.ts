import { expect, test } from "@jest/globals";
import { TimeFidelity } from "./index.ts";

const scale = { unit: "samples", samplingRateHz: 1000 } as const;

test("rounded times are counted with their greatest error, unsorted units once each", () => {
  const fidelity = new TimeFidelity("arrays.t", scale);
  fidelity.beginUnit();
  fidelity.take(Float64Array.of(0.001, 0.0024));
  fidelity.take(Float64Array.of(0.002, 0.001));
  fidelity.beginUnit();
  fidelity.take(Float64Array.of(0));
  expect([fidelity.exact, fidelity.ascends]).toEqual([false, false]);
  const [loss] = fidelity.losses();
  expect(loss).toMatchObject({ field: "arrays.t", count: 1 });
  expect(loss?.maxError).toBeCloseTo(0.0004, 12);
  expect(fidelity.warnings()).toMatchObject([{ reason: "SPIKES_UNSORTED", got: "1 units" }]);
});

test("spikes that stand as they came are exact in any order", () => {
  const fidelity = new TimeFidelity("arrays.t", { unit: "s" });
  fidelity.beginUnit();
  fidelity.take(Float64Array.of(0.2, 0.1));
  expect([fidelity.exact, fidelity.ascends]).toEqual([true, false]);
});

test("samples that are counted from another time than zero", () => {
  const fidelity = new TimeFidelity("arrays.t", scale, { originSeconds: -0.0005, sorts: true });
  fidelity.beginUnit();
  fidelity.take(Float64Array.of(-0.0005, 0.0005));
  expect([fidelity.exact, fidelity.losses()]).toEqual([true, []]);
  fidelity.take(Float64Array.of(0));
  expect(fidelity.exact).toBe(false);
  expect(fidelity.warnings()[0]?.message).toContain("they were sorted");
});

test("times become those of the file, in its unit and from its origin on", () => {
  const seconds = Float64Array.of(0.1, 0.1004, 0.0994999);
  const converted = (...parameters: ConstructorParameters<typeof TimeFidelity>) => {
    const fidelity = new TimeFidelity(...parameters);
    fidelity.follow(seconds);
    return [...fidelity.convert(seconds)];
  };
  expect(converted("t", scale)).toEqual([100, 100, 99]);
  expect(converted("t", scale, { originSeconds: 0.1 })).toEqual([0, 0, -1]);
  expect(converted("t", { unit: "ms" })).toEqual([...seconds].map((time) => time * 1e3));
  expect(converted("t", { unit: "s" }, { originSeconds: -2 })).toEqual([...seconds].map((time) => time + 2));
});
