import * as v from "valibot";
import { defineFrameMask } from "../../image/image-step.ts";
import { meanAndDeviation } from "../../numeric/finite-statistics.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { maskWhere } from "./mask-where.ts";

/**
 * Masks the values for which value - mean > factor x standard deviation (of the population), both of the whole frame
 * without NaN.
 */
export const maskMeanOffset = defineFrameMask({
  name: "mask_mean_offset",
  summary: "Masks what lies above the frame's mean by more than a multiple of its standard deviation.",
  parameters: v.strictObject({
    factor: v.optional(v.pipe(v.number(), v.finite(), v.description("Standard deviations above the mean.")), 1),
  }),
  mask:
    ({ factor }) =>
    ({ data }) => {
      const { mean, deviation } = meanAndDeviation(data);
      const least = factor * deviation;
      return maskWhere(data, (value) => value - mean > least && isMeasured(value));
    },
});
