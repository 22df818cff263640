import * as v from "valibot";
import { defineFrameMask } from "../../image/image-step.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { maskWhere } from "./mask-where.ts";

/** Masks the finite values below a threshold. */
export const maskBelowThreshold = defineFrameMask({
  name: "mask_below_threshold",
  summary: "Masks what is lower than a threshold.",
  parameters: v.strictObject({
    threshold: v.optional(v.pipe(v.number(), v.finite(), v.description("In the unit of the image.")), 0),
  }),
  mask:
    ({ threshold }) =>
    ({ data }) =>
      maskWhere(data, (value) => value < threshold && isMeasured(value)),
});
