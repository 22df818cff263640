import { warning } from "@sluice/core";
import { type ArraySpec, type Axis, type FieldOrigin, Origin, type Problem } from "@sluice/proto";
import type { Coordinates } from "./coordinates.ts";
import { coordinateValues, type FrameTimes, timesOfScale, timesOfValues } from "./frame-times.ts";
import type { ImagePlan } from "./plan.ts";

/** Times of the frames of a file, how they came to be known, and what is wrong with them. */
export interface PlaneTimes {
  readonly times: FrameTimes | undefined;
  readonly origin: FieldOrigin;
  readonly warnings: Problem[];
}

/** Finds the times of the frames: a value for each where the axis has them, its scale otherwise. */
export function planeTimes({ array, coordinates }: ImagePlan, values: Coordinates, frames: number): PlaneTimes {
  const axis = array.axes.find((candidate) => candidate.name === "t");
  if (!axis) return { times: undefined, origin: timeOrigin(Origin.ORIGIN_ABSENT, "no t axis"), warnings: [] };
  const listed = coordinates.find(({ name }) => name === axis.coordinatesArray);
  return listed ? timesByValue(axis, listed, values.bytesOf(listed), frames) : timesByScale(array, axis);
}

function timesByValue(axis: Axis, listed: ArraySpec, bytes: Uint8Array, frames: number): PlaneTimes {
  const seconds = coordinateValues(listed, bytes);
  const unit = listed.unit || axis.unit;
  const times = timesOfValues(seconds, unit);
  const field = `arrays.${listed.name}`;
  if (!times) return { times, origin: timeOrigin(Origin.ORIGIN_ABSENT, ""), warnings: [unitWarning(field, unit)] };
  const missing = Array.from({ length: frames }, (_, index) => index).filter(
    (index) => times.secondsAt(index) === undefined,
  );
  const origin = timeOrigin(Origin.ORIGIN_DERIVED, `array ${listed.name}, ${unit}`);
  if (missing.length === 0) return { times, origin, warnings: [] };
  const some = warning({
    reason: "FRAME_TIME_MISSING",
    message: `${missing.length} of ${frames} frames have no finite time; their DeltaT is left out.`,
    field,
    got: `no time for frame ${missing.slice(0, 8).join(", ")}${missing.length > 8 ? ", ..." : ""}`,
    allowed: ["a finite number for each frame"],
  });
  return { times, origin, warnings: [some] };
}

function timesByScale(array: ArraySpec, axis: Axis): PlaneTimes {
  const times = timesOfScale(axis);
  const field = `arrays.${array.name}.axes.t`;
  if (times) {
    const detail = `scale ${axis.scale} ${axis.unit} of the t axis`;
    return { times, origin: timeOrigin(Origin.ORIGIN_DERIVED, detail), warnings: [] };
  }
  const warnings = axis.scale === undefined ? [] : [unitWarning(field, axis.unit)];
  return { times, origin: timeOrigin(Origin.ORIGIN_ABSENT, ""), warnings };
}

function timeOrigin(origin: Origin, detail: string): FieldOrigin {
  return { field: "ome.Plane.DeltaT", origin, detail };
}

function unitWarning(field: string, unit: string): Problem {
  return warning({
    reason: "TIME_UNIT_UNKNOWN",
    message: "The times of the frames have no unit of time; DeltaT is left out.",
    field: `${field}.unit`,
    got: JSON.stringify(unit),
    allowed: ['UDUNITS-2 times such as "second", "ms"'],
    remedy: "Give the unit.",
  });
}
