import * as v from "valibot";
import { backgroundValues, requireBackground } from "../../image/background.ts";
import { defineFrameFilter } from "../../image/image-step.ts";
import { medianInPlace } from "../../numeric/median.ts";

/** Subtracts the median of the pixels that are neither masked nor NaN; at least one is needed. */
export const zeroMedian = defineFrameFilter({
  name: "zero_median",
  summary: "Subtracts each frame's median, over its background where a mask is active.",
  parameters: v.strictObject({}),
  filter: () => (plane) => {
    const background = backgroundValues(plane);
    requireBackground(background.length, 1);
    const median = medianInPlace(background);
    return plane.data.map((value) => value - median);
  },
});
