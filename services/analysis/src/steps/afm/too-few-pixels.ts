import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** The complaint of a fit that needs more pixels than a frame has. */
export function tooFewPixels(pixels: number, needed: number): Problem[] {
  if (pixels >= needed) return [];
  return [
    problem({
      reason: "FRAME_TOO_SMALL",
      message: "A frame has fewer pixels than the fit needs.",
      got: `${pixels} pixels`,
      allowed: [`at least ${needed}`],
      remedy: "Leave the step out, or lower its order.",
    }),
  ];
}
