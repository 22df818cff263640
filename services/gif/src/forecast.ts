import { mostThreads } from "@sluice/codec";
import { type DatasetHeader, type DataType, itemSize, type Outlook } from "@sluice/core";
import { evenTimes } from "./frame-times.ts";
import { gifFrameHeadBytes } from "./gif-file.ts";
import { foreseenLosses } from "./losses.ts";
import { lzwBound } from "./lzw.ts";
import type { GifOptions } from "./options.ts";
import { type MoviePlan, planMovie } from "./plan.ts";

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader, options: GifOptions): Outlook {
  const outcome = planMovie(header, options);
  if ("problems" in outcome) return { problems: outcome.problems };
  const { plan } = outcome;
  return {
    problems: [...plan.warnings, ...(plan.times ? [] : evenTimes(plan.array, options.intervalSeconds).warnings)],
    losses: foreseenLosses(header, plan, options),
    artifactBytes: largestMovie(header, plan, options),
    memoryBytes: heldBytes(plan, options),
  };
}

/** Frames that are encoded while others wait for their turn. */
export const framesAtWork = 2 * mostThreads;

function largestMovie(header: DatasetHeader, plan: MoviePlan, { container }: GifOptions): number | undefined {
  if (plan.frames === undefined) return undefined;
  const pixels = plan.shownWidth * plan.shownHeight;
  const head = 2 * JSON.stringify(header.dataset).length + 4096;
  if (container === "gif") return head + plan.frames * (lzwBound(pixels) + gifFrameHeadBytes);
  // Lossless codecs store what they cannot shrink; the heads of a PNG come with each frame.
  return Math.ceil(plan.frames * ((container === "webp" ? 3 : 1) * (pixels + plan.shownHeight) * 1.01 + head));
}

/** Frames at work in all their forms, with the tables of percentiles. */
function heldBytes({ array, width, height, shownWidth, shownHeight }: MoviePlan, { container }: GifOptions): number {
  const frameBytes = width * height * (itemSize[array.dataType as DataType] + 1);
  const shownBytes = shownWidth * shownHeight * (container === "webp" ? 6 : 3);
  return 4 * frameBytes + framesAtWork * shownBytes + 8 * 2 ** 20;
}
