import * as v from "valibot";
import { backgroundValues, requireBackground } from "../../image/background.ts";
import { defineFrameFilter } from "../../image/image-step.ts";
import { finiteMean } from "../../numeric/finite-statistics.ts";

/** Subtracts the mean of the pixels that are neither masked nor NaN; at least one is needed. */
export const zeroMean = defineFrameFilter({
  name: "zero_mean",
  summary: "Subtracts each frame's mean, over its background where a mask is active.",
  parameters: v.strictObject({}),
  filter: () => (plane) => {
    const background = backgroundValues(plane);
    requireBackground(background.length, 1);
    const mean = finiteMean(background);
    return plane.data.map((value) => value - mean);
  },
});
