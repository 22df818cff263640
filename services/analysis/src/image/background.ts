import { SluiceError } from "@sluice/core";
import { isMeasured } from "../numeric/is-measured.ts";
import type { Plane } from "./plane.ts";

/** True when the pixel counts: it is not masked, and finite. */
export function isBackground({ data, mask }: Plane, pixel: number): boolean {
  return mask?.[pixel] !== 1 && isMeasured(data[pixel]);
}

/** The values of all pixels that count, in new memory. */
export function backgroundValues(plane: Plane): Float64Array {
  const values = new Float64Array(plane.data.length);
  let count = 0;
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (isBackground(plane, pixel)) values[count++] = plane.data[pixel] as number;
  }
  return values.subarray(0, count);
}

/** Throws BACKGROUND_TOO_SMALL when fewer pixels count than are needed. */
export function requireBackground(count: number, needed: number): void {
  if (count >= needed) return;
  throw new SluiceError({
    reason: "BACKGROUND_TOO_SMALL",
    message: "Too few pixels are neither masked nor NaN.",
    got: String(count),
    allowed: [`at least ${needed}`],
    remedy: "Loosen the mask, or clear it before this step (afm.clear_mask).",
  });
}
