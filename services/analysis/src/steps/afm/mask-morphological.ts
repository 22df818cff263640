import * as v from "valibot";
import { defineFrameMask } from "../../image/image-step.ts";
import { closing } from "../../numeric/closing.ts";
import { isMeasured } from "../../numeric/is-measured.ts";
import { maskWhere } from "./mask-where.ts";

/** Masks the values whose magnitude is above a threshold, and closes gaps in the mask with an n x n square. */
export const maskMorphological = defineFrameMask({
  name: "mask_morphological",
  summary: "Masks what is farther from zero than a threshold, and closes gaps in the mask.",
  parameters: v.strictObject({
    threshold: v.pipe(v.number(), v.minValue(0), v.finite(), v.description("Magnitude in the unit of the image.")),
    structure_size: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1001), v.description("Edge of the square in pixels.")),
      3,
    ),
  }),
  mask: ({ threshold, structure_size: size }, plane) => {
    const isFar = (value: number) => Math.abs(value) > threshold && isMeasured(value);
    return ({ data }) => closing(maskWhere(data, isFar), plane, size);
  },
});
