import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import { type Bins, binsOf } from "../numeric/spike-bins.ts";
import type { TrainsOutline } from "./trains.ts";

/** A length of time in ms that is more than nothing. */
export function positiveMs(standard: number, description: string) {
  return v.pipe(v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), standard), v.description(description));
}

/** A length of time in ms, or nothing. */
export function notNegativeMs(standard: number, description: string) {
  return v.pipe(v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), standard), v.description(description));
}

const mostBins = 2 ** 28;

/** The bins of a recording; its length is known. */
export function recordingBins({ startMs, lengthMs = 0 }: TrainsOutline, binMs: number, offsetMs = 0): Bins {
  return binsOf(startMs, lengthMs, binMs, offsetMs);
}

/** Complaints about the bins that the parameter `field` makes: BINS_INVALID for none or more than 2^28. */
export function checkBins({ count, widthMs }: Pick<Bins, "count" | "widthMs">, field = "binMs"): Problem[] {
  if (count >= 1 && count <= mostBins) return [];
  return [
    problem({
      reason: "BINS_INVALID",
      message: "The recording does not divide into bins of this width.",
      field,
      got: `${count} bins of ${widthMs} ms`,
      allowed: [`1 to ${mostBins} bins`],
      remedy: count < 1 ? "The recording is empty; leave the step out." : "Take wider bins.",
    }),
  ];
}

/** A complaint about parameters that do not fit the length of the recording. */
export function tooLongFor(field: string, gotMs: number, lengthMs: number): Problem {
  return problem({
    reason: "WINDOW_TOO_LONG",
    message: "The window is longer than the recording.",
    field,
    got: `${gotMs} ms`,
    allowed: [`up to ${lengthMs} ms`],
    remedy: "Take a shorter one.",
  });
}
