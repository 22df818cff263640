import { toSeconds } from "@sluice/core";
import type { FieldOrigin } from "@sluice/proto";
import { origin } from "./known-image.ts";
import type { OmeImage } from "./ome-image.ts";

/** Times of the frames of an OME image: even ones as a scale, others one by one. */
export interface OmeTimes {
  readonly axis: { readonly unit?: string; readonly scale?: number; readonly origin?: number };
  /** NaN where the file has no time. */
  readonly frameSeconds: Float64Array | undefined;
  readonly origin: FieldOrigin;
}

/** Times whose rounding is this part of a step are even. */
const evenTolerance = 1e-6;

/** Times by Plane/@DeltaT, else by TimeIncrement; a TimeIncrement of 0 is none. */
export function timesOf({ pixels, frameSeconds }: OmeImage, frames: number): OmeTimes {
  if (frameSeconds.size > 0) {
    const seconds = Float64Array.from({ length: frames }, (_, index) => frameSeconds.get(index) ?? Number.NaN);
    const read = origin("image.frame_times", true, "Plane/@DeltaT");
    const step = evenStep(seconds);
    if (step === undefined) return { axis: { unit: "second" }, frameSeconds: seconds, origin: read };
    return { axis: { unit: "second", scale: step, origin: seconds[0] ?? 0 }, frameSeconds: undefined, origin: read };
  }
  const increment = toSeconds(Number(pixels["TimeIncrement"]), pixels["TimeIncrementUnit"] ?? "s");
  if (increment === undefined || !(increment > 0) || !Number.isFinite(increment)) {
    return { axis: {}, frameSeconds: undefined, origin: origin("image.frame_times", false) };
  }
  const read = origin("image.frame_times", true, "Pixels/@TimeIncrement");
  return { axis: { unit: "second", scale: increment }, frameSeconds: undefined, origin: read };
}

function evenStep(seconds: Float64Array): number | undefined {
  if (seconds.length < 2) return undefined;
  const first = seconds[0] as number;
  const step = (seconds[1] as number) - first;
  const even = seconds.every((value, index) => Math.abs(value - (first + index * step)) <= evenTolerance * step);
  return step > 0 && even ? step : undefined;
}
