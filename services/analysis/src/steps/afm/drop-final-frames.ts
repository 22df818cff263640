import { problem } from "@sluice/core";
import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { selectFrames } from "../../image/frame-selection.ts";
import type { ImageOutline } from "../../image/image-outline.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { Selection } from "../../image/selection.ts";
import { checkSelection } from "./check-selection.ts";

/** Leaves the last frames out, with their times; their number must be known before the first. Pixels stay. */
export const dropFinalFrames = defineSequenceStep({
  name: "drop_final_frames",
  summary: "Leaves the last frames out, with their times.",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({
    n_frames_to_drop: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER), v.description("How many.")),
      1,
    ),
  }),
  check: (outline, { n_frames_to_drop: count }) =>
    outline.frames === undefined
      ? [lengthUnknown()]
      : checkSelection(outline, lastOf(outline, count), "n_frames_to_drop"),
  plan: (outline, { n_frames_to_drop: count }) => selectFrames(outline, lastOf(outline, count), "n_frames_to_drop"),
});

function lastOf({ frames = 0 }: ImageOutline, count: number): Selection {
  return new Selection(count === 0 ? [] : [{ first: Math.max(0, frames - count), end: frames }], false);
}

function lengthUnknown() {
  return problem({
    reason: "FRAME_COUNT_UNKNOWN",
    message: "Which frames are the last is not known before the movie ends.",
    field: "n_frames_to_drop",
    got: "a movie of unknown length",
    remedy: "Name the frames to keep (afm.select_frames), or export first and drop frames of the file.",
  });
}
