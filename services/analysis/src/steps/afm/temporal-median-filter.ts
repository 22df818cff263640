import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { combinedFrames, windowParameter } from "../../image/frame-window.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { medianInPlace } from "../../numeric/median.ts";

/**
 * Each pixel becomes its median over the frames about it. Frames at the ends have fewer about them; NaN takes no part
 * and stays NaN. The mask plays no role. (Named, but not implemented in playNano.)
 */
export const temporalMedianFilter = defineSequenceStep({
  name: "temporal_median_filter",
  summary: "Median of each pixel over the frames about it.",
  memory: MemoryClass.MEMORY_CLASS_WINDOWED,
  parameters: v.strictObject({ window: windowParameter }),
  plan: (outline, { window }) => ({ outline, run: (items) => combinedFrames(items, window, medianInPlace) }),
});
