import { asElements, type DataType, toSeconds } from "@sluice/core";
import type { ArraySpec, Axis } from "@sluice/proto";

/** Times of the indices of the t axis, in seconds. */
export interface FrameTimes {
  /** Undefined where no finite time is known. */
  readonly secondsAt: (index: number) => number | undefined;
  /** Seconds from one index to the next, when they are all alike. */
  readonly increment: number | undefined;
}

/** Steps count as alike when none is off their mean by more than this part of it. */
const uniformTolerance = 1e-3;

/** Times of an axis with a scale; undefined when it has none or its unit is no unit of time. */
export function timesOfScale(axis: Axis): FrameTimes | undefined {
  const { scale, origin, unit } = axis;
  const increment = scale === undefined ? undefined : toSeconds(scale, unit);
  if (scale === undefined || increment === undefined) return undefined;
  return { secondsAt: (index) => toSeconds(origin + scale * index, unit), increment };
}

/** Times of an axis with a value for each index; undefined when their unit is no unit of time. */
export function timesOfValues(values: Float64Array, unit: string): FrameTimes | undefined {
  if (toSeconds(0, unit) === undefined) return undefined;
  const seconds = values.map((value) => toSeconds(value, unit) as number);
  const secondsAt = (index: number): number | undefined => {
    const value = seconds[index];
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  return { secondsAt, increment: commonStep(seconds) };
}

function commonStep(values: Float64Array): number | undefined {
  if (values.length < 2) return undefined;
  const mean = ((values.at(-1) as number) - (values[0] as number)) / (values.length - 1);
  if (!(mean > 0)) return undefined;
  const alike = values.every((value, index) => {
    const step = index === 0 ? mean : value - (values[index - 1] as number);
    return Math.abs(step - mean) < uniformTolerance * mean;
  });
  return alike ? mean : undefined;
}

/** Raw elements of a coordinates array as numbers in its unit, the stored scale and offset applied. */
export function coordinateValues(array: ArraySpec, bytes: Uint8Array): Float64Array {
  const { valueScale = 1, valueOffset = 0 } = array;
  const elements = asElements(array.dataType as DataType, bytes);
  return Float64Array.from(elements as ArrayLike<number | bigint>, (value) => Number(value) * valueScale + valueOffset);
}
