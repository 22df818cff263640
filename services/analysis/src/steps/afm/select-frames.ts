import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { frameNumbers, rangesOf } from "../../image/frame-numbers.ts";
import { selectFrames as keepSelected } from "../../image/frame-selection.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { Selection } from "../../image/selection.ts";
import { checkSelection } from "./check-selection.ts";

/** Keeps the frames that are named, in the order of the movie, each once, with their times. Pixels stay. */
export const selectFrames = defineSequenceStep({
  name: "select_frames",
  summary: "Keeps the frames that are named, in the order of the movie, with their times.",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({ keep_indices: frameNumbers }),
  check: (outline, { keep_indices: listed }) =>
    checkSelection(outline, new Selection(rangesOf(listed), true), "keep_indices"),
  plan: (outline, { keep_indices: listed }) =>
    keepSelected(outline, new Selection(rangesOf(listed), true), "keep_indices"),
});
