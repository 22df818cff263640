import { problem } from "@sluice/core";
import { MemoryClass } from "@sluice/proto";
import * as v from "valibot";
import { selectFrames } from "../../image/frame-selection.ts";
import { defineSequenceStep } from "../../image/image-step.ts";
import { Selection } from "../../image/selection.ts";
import { checkSelection } from "./check-selection.ts";

const index = (description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER), v.description(description));

/** Leaves the frames from `start` to before `end` out, with their times. Pixels stay. */
export const dropFrameRange = defineSequenceStep({
  name: "drop_frame_range",
  summary: "Leaves the frames from one to before another out, with their times.",
  memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
  parameters: v.strictObject({
    start: index("First frame to leave out, from 0 on."),
    end: index("First frame after it to keep."),
  }),
  check: (outline, { start, end }) =>
    start < end ? checkSelection(outline, selectionOf(start, end), "end") : [emptyRange(start, end)],
  plan: (outline, { start, end }) => selectFrames(outline, selectionOf(start, end), "end"),
});

function selectionOf(first: number, end: number): Selection {
  return new Selection([{ first, end }], false);
}

function emptyRange(start: number, end: number) {
  return problem({
    reason: "FRAME_RANGE_EMPTY",
    message: "The range ends before it begins.",
    field: "end",
    got: `${start} to before ${end}`,
    allowed: [`an end of ${start + 1} or more`],
    remedy: "Give the first frame that is kept again as the end.",
  });
}
