import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { combinedFrames, windowParameter } from "../../image/frame-window.ts";
import { defineSequenceStep } from "../../image/image-step.ts";

/**
 * Each pixel becomes its mean over the frames about it. Frames at the ends have fewer about them; NaN takes no part and
 * stays NaN. The mask plays no role. (Named, but not implemented in playNano.)
 */
export const temporalMeanFilter = defineSequenceStep({
  name: "temporal_mean_filter",
  summary: "Mean of each pixel over the frames about it.",
  memory: MemoryClass.MEMORY_CLASS_WINDOWED,
  parameters: v.strictObject({ window: windowParameter }),
  plan: (outline, { window }) => ({ outline, run: (items) => combinedFrames(items, window, meanOf) }),
});

function meanOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index] as number;
  return sum / count;
}
