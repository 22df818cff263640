import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { agreementScore, matches } from "./agreement.ts";
import { coincidences } from "./coincidences.ts";
import { convolveSame, movingSum } from "./convolution.ts";
import { correlogramPeak, sparseCounts } from "./cross-correlogram.ts";
import { latency, latencyMoments } from "./nearest-spike.ts";
import { findPeaks } from "./peaks.ts";
import { binOf, binsOf } from "./spike-bins.ts";
import { ExcursionDetector } from "./spike-detection.ts";
import { coincident, tiledShare, tilingCoefficient } from "./tiling.ts";

const lengthMs = 1000;
const train = fc
  .array(fc.integer({ min: 0, max: 4 * lengthMs }), { maxLength: 40 })
  .map((quarters) => Float64Array.from(quarters, (value) => value / 4).toSorted());

test("coincidences are those of every pair", () => {
  fc.assert(
    fc.property(train, train, fc.integer({ min: 1, max: 100 }), (a, b, window) => {
      const naive = [...a].filter((time) => [...b].some((other) => Math.abs(time - other) <= window)).length;
      expect(coincident(a, b, window)).toBe(naive);
    }),
  );
});

test("the tiled share is that of a grid of quarters of a millisecond", () => {
  fc.assert(
    fc.property(train, fc.integer({ min: 1, max: 100 }), (a, window) => {
      let covered = 0;
      for (let quarter = 0; quarter < 4 * lengthMs; quarter++) {
        const middle = (quarter + 0.5) / 4;
        if (a.some((time) => Math.abs(time - middle) <= window)) covered++;
      }
      expect(tiledShare(a, window, lengthMs)).toBeCloseTo(covered / (4 * lengthMs), 12);
    }),
  );
});

test("tiling is symmetric, and 1 for a train with itself", () => {
  const tiled = (a: Float64Array, b: Float64Array) => ({
    spikes: a.length,
    coincident: coincident(a, b, 20),
    share: tiledShare(a, 20, lengthMs),
  });
  fc.assert(
    fc.property(train, train, (a, b) => {
      expect(tilingCoefficient(tiled(a, b), tiled(b, a))).toBeCloseTo(tilingCoefficient(tiled(b, a), tiled(a, b)), 12);
      const self = tiled(a, a);
      if (a.length > 0 && self.share < 1) expect(tilingCoefficient(self, self)).toBeCloseTo(1, 12);
    }),
  );
});

test("coincidences of all pairs are those of each pair, however wide the window", () => {
  const window = fc.oneof(fc.constantFrom(1e-7, 2000), fc.integer({ min: 1, max: 300 }));
  fc.assert(
    fc.property(fc.array(train, { maxLength: 5 }), window, (trains, windowMs) => {
      const expected = trains.flatMap((one) =>
        trains.map((other) => (one === other ? 0 : coincident(one, other, windowMs))),
      );
      const counting = coincidences(trains, windowMs);
      let found = counting.next();
      while (!found.done) found = counting.next();
      expect([...found.value]).toEqual(expected);
    }),
  );
});

test("the peak of a correlogram is that of the full correlation", () => {
  const counts = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(counts, counts, fc.integer({ min: 0, max: 29 }), (a, b, most) => {
      const sparse = (values: number[]) =>
        sparseCounts(Int32Array.from(values.flatMap((count, bin) => Array.from({ length: count }, () => bin))));
      const peak = correlogramPeak(sparse(a), sparse(b), most, new Float64Array(2 * most + 1));
      const energy = (values: number[]) => values.reduce((sum, value) => sum + value * value, 0);
      if (energy(a) * energy(b) === 0) return;
      let best = { value: 0, lag: 0 };
      for (let lag = -most; lag <= most; lag++) {
        const sum = a.reduce((total, value, bin) => total + value * (b[bin - lag] ?? 0), 0);
        const value = sum / Math.sqrt(energy(a) * energy(b));
        if (value > best.value) best = { value, lag: lag + 0 };
      }
      expect(peak).toEqual(best);
    }),
  );
});

test("the nearest spike is the nearest", () => {
  fc.assert(
    fc.property(train, train, fc.integer({ min: 0, max: 4000 }), (a, b, quarter) => {
      const time = quarter / 4;
      const least = Math.min(...[...a].map((spike) => Math.abs(spike - time)));
      if (a.length > 0) expect(Math.abs(latency(a, time))).toBe(least);
      else expect(latency(a, time)).toBeNaN();
      const { mean } = latencyMoments(a, b, 50);
      const near = [...a]
        .map((spike) => Math.min(...[...b].map((other) => Math.abs(other - spike))))
        .filter((distance) => distance <= 50);
      const bound = near.length === 0 ? 0 : near.reduce((sum, value) => sum + value, 0) / near.length;
      expect(Math.abs(mean)).toBeLessThanOrEqual(bound + 1e-9);
    }),
  );
});

test("matches use each spike once, and none is missed at a distance of 0", () => {
  fc.assert(
    fc.property(train, train, fc.integer({ min: 0, max: 50 }), (a, b, delta) => {
      const count = matches(a, b, delta);
      expect(count).toBe(matches(b, a, delta));
      expect(count).toBeLessThanOrEqual(Math.min(a.length, b.length));
      expect(matches(a, a, delta)).toBe(a.length);
      expect(agreementScore(count, a.length, b.length)).toBeLessThanOrEqual(1);
    }),
  );
});

test("a moving sum is a convolution with ones", () => {
  const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 12 }), (counts, width) => {
      const line = Float64Array.from(counts);
      expect([...movingSum(line, width)]).toEqual([...convolveSame(line, new Float64Array(width).fill(1))]);
    }),
  );
});

test("a spike lies in its bin: open on the left, closed on the right", () => {
  fc.assert(
    fc.property(fc.integer({ min: -4000, max: 4000 }), fc.integer({ min: 1, max: 40 }), (quarters, width) => {
      const bins = binsOf(-1000, 2000, width / 4);
      const time = quarters / 4;
      const bin = binOf(bins, time);
      const start = -1000 + (bin * width) / 4;
      expect(time > start || (bin === 0 && time === start)).toBe(true);
      expect(time <= start + width / 4 || bin === bins.count - 1).toBe(true);
    }),
  );
});

test("peaks stand apart, are high enough, and each maximum that is left out has a higher or equal one near it", () => {
  const line = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 60 });
  fc.assert(
    fc.property(line, fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 9 }), (values, height, distance) => {
      const data = Float64Array.from(values);
      const peaks = findPeaks(data, height, distance);
      const all = findPeaks(data, height, 1);
      for (const [index, peak] of peaks.entries()) {
        expect(data[peak]).toBeGreaterThanOrEqual(height);
        if (index > 0) expect(peak - (peaks[index - 1] as number)).toBeGreaterThanOrEqual(distance);
      }
      for (const left of all.filter((peak) => !peaks.includes(peak))) {
        const near = peaks.filter((peak) => Math.abs(peak - left) < distance);
        expect(near.some((peak) => (data[peak] as number) >= (data[left] as number))).toBe(true);
      }
    }),
  );
});

test("events of excursions: extrema beyond the threshold, apart by the refractory period", () => {
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 80 });
  const cut = fc.integer({ min: 1, max: 80 });
  fc.assert(
    fc.property(values, cut, fc.integer({ min: 0, max: 10 }), (line, piece, refractory) => {
      const data = Float64Array.from(line);
      const detector = new ExcursionDetector("both", 4.5, refractory);
      for (let start = 0; start < data.length; start += piece) detector.push(data.subarray(start, start + piece));
      const { samples, amplitudes } = detector.finish();
      for (const [index, sample] of samples.entries()) {
        expect(amplitudes[index]).toBe(data[sample]);
        expect(Math.abs(amplitudes[index] as number)).toBeGreaterThan(4.5);
        if (index > 0) expect(sample - (samples[index - 1] as number)).toBeGreaterThanOrEqual(refractory);
      }
      const most = data.reduce((before, value) => Math.max(before, Math.abs(value)), 0);
      if (most > 4.5) expect(amplitudes.some((value) => Math.abs(value) === most)).toBe(true);
    }),
  );
});
