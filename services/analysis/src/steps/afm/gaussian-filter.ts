import * as v from "valibot";
import { defineFrameFilter } from "../../image/image-step.ts";
import type { Plane } from "../../image/plane.ts";
import { blur, gaussianKernel } from "../../numeric/gaussian.ts";

/**
 * Gaussian blur, separable; kernel exp(-k^2 / 2 sigma^2) normalised, radius floor(4 sigma + 0.5), the frame mirrored at
 * its borders (d c b a | a b c d | d c b a), as scipy.ndimage.gaussian_filter. NaN has no part in the blur of its
 * neighbours, whose weights are normalised anew, and stays NaN. The mask plays no role.
 */
export const gaussianFilter = defineFrameFilter({
  name: "gaussian_filter",
  summary: "Gaussian blur.",
  parameters: v.strictObject({
    sigma: v.optional(
      v.pipe(v.number(), v.minValue(0), v.maxValue(1000), v.description("Standard deviation in pixels.")),
      1,
    ),
  }),
  filter: ({ sigma }, { height, width }) => {
    const kernel = gaussianKernel(sigma);
    const scratch = new Float64Array(height * width);
    return (plane: Plane) => blur(plane, kernel, scratch);
  },
});
