import * as v from "valibot";
import { centredSquare } from "../../image/alignment.ts";
import { cropToCommon, padded, padParameter } from "../../image/common-window.ts";
import { defineMeasuredStep } from "../../image/image-step.ts";
import { withWindow } from "../../image/placement.ts";

/**
 * Cuts all frames to the largest square about the middle of the rectangle about the pixels that are finite in every
 * frame. NaN that lie inside of it stay; pixels that `pad` adds beyond the frame are NaN.
 */
export const cropSquare = defineMeasuredStep({
  name: "crop_square",
  summary: "Cuts all frames to the largest centred square of the pixels that none of them lacks.",
  parameters: v.strictObject({ pad: padParameter }),
  plan: (outline, { pad }) => {
    const whole = { top: 0, left: 0, height: outline.height, width: outline.width };
    return {
      outline: withWindow(outline, padded(centredSquare(whole), pad)),
      measure: cropToCommon(outline, (common) => padded(centredSquare(common), pad)),
    };
  },
});
