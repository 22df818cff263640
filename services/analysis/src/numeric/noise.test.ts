import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Deviation, NoiseEstimate, noiseRoom } from "./noise.ts";

test("any cut of the values into pieces gives the same bits, in a room that was used before", () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 150_000 }), cuts, fc.nat(), (length, pieces, seed) => {
      const values = Float64Array.from({ length }, (_, index) => Math.sin((index + seed) ** 2) + 1e3);
      for (const Noise of [NoiseEstimate, Deviation]) {
        const whole = new Noise(new Float64Array(noiseRoom));
        whole.take(values);
        const cut = new Noise(new Float64Array(noiseRoom).fill(Number.NaN));
        let from = 0;
        for (const piece of pieces) {
          cut.take(values.subarray(from, from + piece));
          from += piece;
        }
        cut.take(values.subarray(from));
        expect(cut.value()).toBe(whole.value());
      }
    }),
    { numRuns: 30 },
  );
});

test("noise of a normal distribution is its standard deviation, whatever its mean; without values it is no number", () => {
  const normal = Float64Array.from({ length: 200_000 }, (_, index) => {
    const [u, v] = [0.5 + 0.5 * Math.sin(index * index), index / 200_000];
    return (
      5 +
      3 * Math.sqrt(-2 * Math.log(Math.max(1e-12, (index * 0.618_033_988_75) % 1))) * Math.cos(2 * Math.PI * (u + v))
    );
  });
  for (const Noise of [NoiseEstimate, Deviation]) {
    const noise = new Noise(new Float64Array(noiseRoom));
    noise.take(normal);
    expect(noise.value()).toBeGreaterThan(2.7);
    expect(noise.value()).toBeLessThan(3.3);
    expect(new Noise(new Float64Array(noiseRoom)).value()).toBeNaN();
  }
});
