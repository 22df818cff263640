import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { ArraySpec, Axis, Origin } from "@sluice/proto";
import { evenTimes, recordedTimes } from "./frame-times.ts";

function movie(axis: Partial<Axis> = {}): ArraySpec {
  const axes = [{ name: "t", ...axis }, { name: "y" }, { name: "x" }].map((item) => Axis.fromPartial(item));
  return ArraySpec.fromPartial({ name: "image", dataType: "uint8", axes });
}

const times = ArraySpec.fromPartial({ name: "when", dataType: "float64", unit: "ms" });

function recorded(values: readonly number[], frames = values.length, axis: Partial<Axis> = {}, spec = times) {
  return recordedTimes({ array: movie(axis), times: spec, frames }, asBytes(Float64Array.from(values)), 0.1);
}

test("even steps by the scale and origin of the axis", () => {
  const even = evenTimes(movie({ scale: 250, origin: 1000, unit: "ms" }), 0.1);
  expect([0, 1, 4].map(even.secondsAt)).toEqual([1, 1.25, 2]);
  expect(even).toMatchObject({ known: true, warnings: [], origin: { origin: Origin.ORIGIN_DERIVED } });
});

test("no scale, or no unit of time: the interval of the option, with a warning", () => {
  for (const axis of [{}, { scale: 2, unit: "parsec" }, { scale: 0, unit: "s" }]) {
    const even = evenTimes(movie(axis), 0.1);
    expect(even.secondsAt(3)).toBeCloseTo(0.3, 12);
    expect(even).toMatchObject({ known: false, warnings: [{ reason: "FRAME_TIMES_UNKNOWN" }] });
    expect(even.origin.origin).toBe(Origin.ORIGIN_DEFAULTED);
  }
});

test("recorded times as they are; the last frame lasts as long as the one before", () => {
  const given = recorded([0, 500, 1500]);
  expect([0, 1, 2, 3, 4].map(given.secondsAt)).toEqual([0, 0.5, 1.5, 2.5, 3.5]);
  expect(given).toMatchObject({ known: true, warnings: [] });
  expect(recorded([7000], 1, { scale: 3, unit: "s" }).secondsAt(1)).toBe(10);
});

test("times that cannot be used: even steps by scale, median or option; the warning says why", () => {
  const cases = [
    { given: recorded([0, Number.NaN, 2000, 3000]), step: 1, message: "Frame 1 has no finite time." },
    { given: recorded([0, 2000, 1000, 3000]), step: 2, message: "Frame 2 is not later than the frame before." },
    { given: recorded([0, 0]), step: 0.1, message: "Frame 1 is not later than the frame before." },
    { given: recorded([0, 1000], 3, { scale: 5, unit: "s" }), step: 5, message: "There is not a time for each frame." },
    {
      given: recorded([0, 1], 2, {}, { ...times, unit: "volt" }),
      step: 0.1,
      message: 'The times have no unit of time ("volt").',
    },
  ];
  for (const { given, step, message } of cases) {
    expect(given.secondsAt(2)).toBeCloseTo(2 * step, 12);
    expect(given).toMatchObject({ known: false, warnings: [{ reason: "FRAME_TIMES_UNUSABLE", field: "arrays.when" }] });
    expect(given.warnings[0]?.message).toContain(message);
  }
});
