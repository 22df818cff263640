import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { frameNumbers, rangesOf } from "../../image/frame-numbers.ts";
import { selectFrames } from "../../image/frame-selection.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { Selection } from "../../image/selection.ts";
import { checkSelection } from "./check-selection.ts";

/** Leaves frames out, with their times and their rows in the table of the frames. Pixels, NaN among them, stay. */
export const dropFrames = defineSequenceStep({
  name: "drop_frames",
  summary: "Leaves frames out, with their times.",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({ indices_to_drop: frameNumbers }),
  check: (outline, { indices_to_drop: listed }) =>
    checkSelection(outline, new Selection(rangesOf(listed), false), "indices_to_drop"),
  plan: (outline, { indices_to_drop: listed }) =>
    selectFrames(outline, new Selection(rangesOf(listed), false), "indices_to_drop"),
});
