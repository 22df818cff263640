import * as v from "valibot";
import { defineFrameFilter } from "../../image/image-step.ts";

/** Reverses the order of the rows; the active mask turns with its frame. */
export const verticalFlip = defineFrameFilter({
  name: "vertical_flip",
  summary: "Turns each frame upside down.",
  parameters: v.strictObject({}),
  filter:
    (_parameters, { width }) =>
    ({ data }) =>
      rowsReversed(data, new Float64Array(data.length), width),
  moveMask:
    (_parameters, { width }) =>
    (mask) =>
      rowsReversed(mask, new Uint8Array(mask.length), width),
});

function rowsReversed<Values extends Float64Array | Uint8Array>(source: Values, target: Values, width: number): Values {
  for (let start = 0; start < source.length; start += width) {
    target.set(source.subarray(start, start + width), source.length - width - start);
  }
  return target;
}
