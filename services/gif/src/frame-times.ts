import { type DataType, itemSize, toSeconds, warning } from "@sluice/core";
import { type ArraySpec, type Axis, type FieldOrigin, Origin, type Problem } from "@sluice/proto";
import { valuesOf } from "./values.ts";

/** Times at which frames are shown, and what may be said of them. */
export interface FrameTimes {
  /** Seconds at which a frame begins; of any index, beyond the last frame too. */
  readonly secondsAt: (index: number) => number;
  /** False where the times are assumed, so that no frame may be labelled with one. */
  readonly known: boolean;
  readonly origin: FieldOrigin;
  readonly warnings: readonly Problem[];
}

/** Times of frames that begin at even steps: by the scale of the axis, else by the option. */
export function evenTimes(array: ArraySpec, intervalSeconds: number): FrameTimes {
  const axis = timeAxis(array);
  const step = axis?.scale === undefined ? undefined : toSeconds(axis.scale, axis.unit);
  if (axis && step !== undefined && step > 0) {
    const start = toSeconds(axis.origin, axis.unit) as number;
    const detail = `scale ${axis.scale} ${axis.unit} of the ${axis.name} axis`;
    return { secondsAt: (index) => start + step * index, known: true, origin: derived(detail), warnings: [] };
  }
  return assumed(
    intervalSeconds,
    warning({
      reason: "FRAME_TIMES_UNKNOWN",
      message: `The stream tells no times of the frames; they are shown for ${intervalSeconds} s each.`,
      field: `arrays.${array.name}.axes`,
      got: axis ? `scale ${axis.scale ?? "none"}, unit ${JSON.stringify(axis.unit)} on axis ${axis.name}` : "no t axis",
      allowed: ["a t axis with a scale > 0 and a unit of time, or with an array of times"],
      remedy: "Give the axis a scale, or set intervalSeconds to the interval that the movie is to have.",
    }),
  );
}

/**
 * Times of frames by an array of them, which must hold a finite time for each, ascending. Even steps otherwise: of the
 * axis, else the median of the steps that go forward, else of the option; with a warning.
 *
 * @param bytes raw elements
 */
export function recordedTimes(
  { array, times, frames }: { readonly array: ArraySpec; readonly times: ArraySpec; readonly frames: number },
  bytes: Uint8Array,
  intervalSeconds: number,
): FrameTimes {
  const unit = times.unit || timeAxis(array)?.unit || "";
  const count = bytes.length / itemSize[times.dataType as DataType];
  const seconds = Array.from(valuesOf(times, bytes), (value) => toSeconds(value, unit) ?? Number.NaN);
  const fault = faultOf(seconds, frames, unit);
  if (!fault) {
    const last = seconds.at(-1) as number;
    const step = frames > 1 ? last - (seconds.at(-2) as number) : scaleSeconds(array) || intervalSeconds;
    return {
      secondsAt: (index) => (index < frames ? (seconds[index] as number) : last + (index - frames + 1) * step),
      known: true,
      origin: derived(`array ${times.name}, ${unit}`),
      warnings: [],
    };
  }
  const step = scaleSeconds(array) ?? medianStep(seconds) ?? intervalSeconds;
  return assumed(
    step,
    warning({
      reason: "FRAME_TIMES_UNUSABLE",
      message: `${fault} All frames are shown for ${step} s, and none is labelled with a time.`,
      field: `arrays.${times.name}`,
      got: `${count} times for ${frames} frames`,
      allowed: ["a finite time for each frame, in a unit of time, each later than the one before"],
      remedy: "Correct the times, or set intervalSeconds.",
    }),
  );
}

function faultOf(seconds: readonly number[], frames: number, unit: string): string | undefined {
  if (toSeconds(0, unit) === undefined) return `The times have no unit of time (${JSON.stringify(unit)}).`;
  if (seconds.length !== frames) return "There is not a time for each frame.";
  const missing = seconds.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) return `Frame ${missing} has no finite time.`;
  const back = seconds.findIndex((value, index) => index > 0 && value <= (seconds[index - 1] as number));
  return back >= 0 ? `Frame ${back} is not later than the frame before.` : undefined;
}

function medianStep(seconds: readonly number[]): number | undefined {
  const steps = seconds.slice(1).map((value, index) => value - (seconds[index] as number));
  const forward = steps.filter((step) => step > 0 && Number.isFinite(step)).toSorted((one, other) => one - other);
  return forward[Math.floor(forward.length / 2)];
}

function scaleSeconds(array: ArraySpec): number | undefined {
  const axis = timeAxis(array);
  const step = axis?.scale === undefined ? undefined : toSeconds(axis.scale, axis.unit);
  return step !== undefined && step > 0 ? step : undefined;
}

/** The axis along which the frames follow each other, if it is one of time. */
export function timeAxis(array: ArraySpec): Axis | undefined {
  const [axis] = array.axes;
  return array.axes.length > 2 && axis?.name === "t" ? axis : undefined;
}

function assumed(step: number, problem: Problem): FrameTimes {
  const origin = { field: "gif.delays", origin: Origin.ORIGIN_DEFAULTED, detail: `${step} s` };
  return { secondsAt: (index) => step * index, known: false, origin, warnings: [problem] };
}

function derived(detail: string): FieldOrigin {
  return { field: "gif.delays", origin: Origin.ORIGIN_DERIVED, detail };
}
