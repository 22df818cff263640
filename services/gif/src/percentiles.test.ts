import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { percentiles } from "./percentiles.ts";
import { survey, surveyOf } from "./survey.ts";
import type { Values } from "./values.ts";

/** As numpy defines it (method "linear"), by sorting. */
function sorted(values: readonly number[], percent: number): number {
  const finite = Float64Array.from(values.filter(Number.isFinite)).toSorted();
  const place = (percent / 100) * (finite.length - 1);
  const rank = Math.floor(place);
  const [low, high] = [finite[rank] as number, finite[Math.min(rank + 1, finite.length - 1)] as number];
  const share = place - rank;
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

async function found(frames: readonly Values[], percents: readonly number[]): Promise<number[]> {
  const whole = survey();
  for (const frame of frames) surveyOf(frame, whole);
  const scan = async (visit: (values: Values) => void) => frames.forEach((frame) => visit(frame));
  return percentiles(scan, whole, percents);
}

test("percentiles of anything finite are those of the sorted values", async () => {
  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.double({ min: -1e300, max: 1e300 }),
          fc.constantFrom(0, 5e-324, Number.NaN, Number.NEGATIVE_INFINITY),
        ),
        { maxLength: 60 },
      ),
      percent,
      percent,
      async (values, one, other) => {
        fc.pre(values.some(Number.isFinite));
        const half = values.length >> 1;
        const frames = [Float64Array.from(values.slice(0, half)), Float64Array.from(values.slice(half))];
        expect(await found(frames, [one, other])).toEqual([sorted(values, one), sorted(values, other)]);
      },
    ),
  );
});

test("many values: found by counting, exactly, whatever their distribution", async () => {
  const count = 135_000;
  const distributions: Record<string, (index: number) => number> = {
    even: (index) => Math.sin(index * 12.9898) * 43_758.5453,
    "with an outlier": (index) => (index === 7 ? 1e30 : Math.sin(index)),
    "few different": (index) => Math.floor(5 * Math.sin(index)),
    denormal: (index) => (index % 3) * 5e-324,
    "as far as can be": (index) => (index % 2 ? 1 : -1) * Number.MAX_VALUE * Math.abs(Math.cos(index)),
    exponential: (index) => 10 ** (300 * Math.sin(index)),
  };
  for (const [name, value] of Object.entries(distributions)) {
    const values = Float64Array.from({ length: count }, (_, index) => value(index));
    const expected = [0, 1, 50, 99, 100].map((percent) => sorted([...values], percent));
    expect({
      name,
      percentiles: await found([values.subarray(0, 70_000), values.subarray(70_000)], [0, 1, 50, 99, 100]),
    }).toEqual({
      name,
      percentiles: expected,
    });
  }
});

test("a survey counts what is finite", () => {
  const values = Float32Array.of(3, Number.NaN, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2);
  expect(surveyOf(values, survey())).toEqual({ low: -1, high: 3, count: 3 });
});

test("values further apart than float64 can tell", async () => {
  expect(await found([Float64Array.of(-1e308, 1e308)], [0, 25, 50, 75, 100])).toEqual([
    -1e308, -5e307, 0, 5e307, 1e308,
  ]);
});
