import * as v from "valibot";
import { defineMaskClearing } from "../../image/image-step.ts";

/** Ends the active masks: what follows uses every pixel again. */
export const clearMask = defineMaskClearing({
  name: "clear_mask",
  summary: "Ends the masks that are active; later steps use every pixel again.",
  parameters: v.strictObject({}),
});
