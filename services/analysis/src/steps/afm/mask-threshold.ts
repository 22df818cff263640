import * as v from "valibot";
import { defineFrameMask } from "../../image/image-step.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { maskWhere } from "./mask-where.ts";

/** Masks the finite values above a threshold. */
export const maskThreshold = defineFrameMask({
  name: "mask_threshold",
  summary: "Masks what is higher than a threshold.",
  parameters: v.strictObject({
    threshold: v.optional(v.pipe(v.number(), v.finite(), v.description("In the unit of the image.")), 0),
  }),
  mask:
    ({ threshold }) =>
    ({ data }) =>
      maskWhere(data, (value) => value > threshold && isMeasured(value)),
});
