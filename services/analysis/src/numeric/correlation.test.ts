import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Correlation, type Picture, type Shift } from "./correlation.ts";

/** The coefficient by its definition: over the pixels of both that lie on each other. */
function coefficient(reference: Picture, moving: Picture, { y: dy, x: dx }: Shift) {
  const pairs: [number, number][] = [];
  for (let y = 0; y < moving.height; y++) {
    for (let x = 0; x < moving.width; x++) {
      const [toY, toX] = [y + dy, x + dx];
      if (toY < 0 || toX < 0 || toY >= reference.height || toX >= reference.width) continue;
      const one = reference.data[toY * reference.width + toX]!;
      const other = moving.data[y * moving.width + x]!;
      if (Number.isFinite(one) && Number.isFinite(other)) pairs.push([one, other]);
    }
  }
  const mean = (index: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[index], 0) / pairs.length;
  const [first, second] = [mean(0), mean(1)];
  const sum = (of: (one: number, other: number) => number) =>
    pairs.reduce((total, [one, other]) => total + of(one - first, other - second), 0);
  const spread = sum((one) => one * one) * sum((_, other) => other * other);
  return { count: pairs.length, score: spread < 1e-9 ? 0 : sum((one, other) => one * other) / Math.sqrt(spread) };
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const size = fc.integer({ min: 2, max: 9 });

test("the place found has the largest coefficient of all places with enough overlap", () => {
  fc.assert(
    fc.property(
      size,
      size,
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      fc.array(value, { minLength: 400, maxLength: 400 }),
      (height, width, reach, isLarger, values) => {
        // A reference that is larger by the limit, as in a rolling alignment, or of the same size.
        const limit = { y: Math.min(reach, height - 1), x: Math.min(reach, width - 1) };
        const margin = isLarger ? limit : { y: 0, x: 0 };
        const area = { height: height + 2 * margin.y, width: width + 2 * margin.x };
        const reference = { ...area, data: Float64Array.from(values.slice(0, area.height * area.width)) };
        const moving = { height, width, data: Float64Array.from(values.slice(-height * width)) };
        const correlation = new Correlation({ reference, moving, centre: margin, limit, normalised: true });
        const fit = correlation.fit(correlation.reference(reference), moving);
        const places: Shift[] = [];
        for (let y = margin.y - limit.y; y <= margin.y + limit.y; y++) {
          for (let x = margin.x - limit.x; x <= margin.x + limit.x; x++) places.push({ y, x });
        }
        const scores = places.map((place) => coefficient(reference, moving, place));
        const most = Math.max(...scores.map(({ count }) => count));
        const enough = scores.filter(({ count }) => count >= Math.max(2, 0.3 * most));
        if (enough.length === 0) return;
        const best = Math.max(...enough.map(({ score }) => score));
        expect(Math.abs(fit.score - best)).toBeLessThan(1e-7);
        expect(Math.abs(coefficient(reference, moving, fit).score - best)).toBeLessThan(1e-7);
      },
    ),
    { numRuns: 150 },
  );
});
