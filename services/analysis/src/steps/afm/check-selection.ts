import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { frameMissing } from "../../image/frame-numbers.ts";
import type { ImageOutline } from "../../image/image-outline.ts";
import type { Selection } from "../../image/selection.ts";

/** What speaks against a choice of frames, as far as the number of frames is known. */
export function checkSelection({ frames }: ImageOutline, selection: Selection, field: string): Problem[] {
  if (frames === undefined) return [];
  if (selection.highest >= frames) return [frameMissing(field, selection.highest, frames)];
  if (selection.before(frames) > 0 || frames === 0) return [];
  return [
    problem({
      reason: "FRAMES_NONE_LEFT",
      message: "No frame would be left.",
      field,
      got: `${frames} of ${frames} frames`,
      remedy: "Keep at least one frame.",
    }),
  ];
}
