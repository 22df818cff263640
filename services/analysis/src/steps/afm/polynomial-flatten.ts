import * as v from "valibot";
import { isBackground, requireBackground } from "../../image/background.ts";
import { defineFrameFilter } from "../../image/image-step.ts";
import type { Plane } from "../../image/plane.ts";
import { PolynomialSurface } from "../../numeric/polynomial-surface.ts";
import { tooFewPixels } from "./too-few-pixels.ts";

/**
 * Subtracts the least-squares polynomial surface of total degree `order` (all x^i y^j, i + j <= order). It is fitted to
 * the pixels that are neither masked nor NaN, at least as many as it has terms, and subtracted everywhere; NaN stays NaN.
 */
export const polynomialFlatten = defineFrameFilter({
  name: "polynomial_flatten",
  summary: "Subtracts the polynomial surface that fits the frame, or its background where a mask is active, best.",
  parameters: v.strictObject({
    order: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(12), v.description("Highest total degree of x and y.")),
      2,
    ),
  }),
  check: ({ height, width }, { order }) => tooFewPixels(height * width, ((order + 1) * (order + 2)) / 2),
  filter: ({ order }, { height, width }) => {
    const surface = new PolynomialSurface(height, width, order);
    return (plane) => flatten(plane, surface);
  },
});

function flatten(plane: Plane, surface: PolynomialSurface): Float64Array {
  const counts = new Uint8Array(plane.data.length);
  let count = 0;
  for (let pixel = 0; pixel < counts.length; pixel++) {
    if (!isBackground(plane, pixel)) continue;
    counts[pixel] = 1;
    count++;
  }
  requireBackground(count, surface.terms);
  const fit = surface.fit(plane.data, count === counts.length ? undefined : counts);
  return plane.data.map((value, pixel) => value - (fit[pixel] as number));
}
