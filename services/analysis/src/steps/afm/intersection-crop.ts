import * as v from "valibot";
import { cropToCommon, padded, padParameter } from "../../image/common-window.ts";
import { defineMeasuredStep } from "../../image/image-step.ts";
import { withWindow } from "../../image/placement.ts";

/**
 * Cuts all frames to the rectangle about the pixels that are finite in every frame, as after an alignment. NaN that lie
 * inside of it stay; pixels that `pad` adds beyond the frame are NaN.
 */
export const intersectionCrop = defineMeasuredStep({
  name: "intersection_crop",
  summary: "Cuts all frames to the rectangle about the pixels that none of them lacks.",
  parameters: v.strictObject({ pad: padParameter }),
  plan: (outline, { pad }) => ({
    outline: withWindow(outline, padded({ top: 0, left: 0, height: outline.height, width: outline.width }, pad)),
    measure: cropToCommon(outline, (common) => padded(common, pad)),
  }),
});
