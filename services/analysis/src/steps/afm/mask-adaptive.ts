import * as v from "valibot";
import { defineFrameMask } from "../../image/image-step.ts";
import type { Plane } from "../../image/plane.ts";
import { isMeasured } from "../../numeric/is-measured.ts";

/**
 * Masks the values above the mean of their block + offset. Blocks do not overlap and begin at the first pixel; the last
 * ones are smaller. NaN has no part in the mean and is not masked.
 */
export const maskAdaptive = defineFrameMask({
  name: "mask_adaptive",
  summary: "Masks what is higher than the mean of its block of pixels.",
  parameters: v.strictObject({
    block_size: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Edge of a block in pixels.")),
      15,
    ),
    offset: v.optional(
      v.pipe(v.number(), v.finite(), v.description("Added to the mean, in the unit of the image.")),
      0,
    ),
  }),
  mask:
    ({ block_size: size, offset }) =>
    (plane) =>
      blockwise(plane, size, offset),
});

function blockwise({ data, height, width }: Plane, size: number, offset: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let top = 0; top < height; top += size) {
    const bottom = Math.min(height, top + size);
    for (let left = 0; left < width; left += size) {
      const right = Math.min(width, left + size);
      let sum = 0;
      let count = 0;
      for (let y = top; y < bottom; y++) {
        for (let pixel = y * width + left; pixel < y * width + right; pixel++) {
          const value = data[pixel] as number;
          if (!isMeasured(value)) continue;
          sum += value;
          count++;
        }
      }
      const least = sum / count + offset;
      for (let y = top; y < bottom; y++) {
        for (let pixel = y * width + left; pixel < y * width + right; pixel++) {
          const value = data[pixel] as number;
          mask[pixel] = value > least && isMeasured(value) ? 1 : 0;
        }
      }
    }
  }
  return mask;
}
