import { arrayNamed, type DatasetHeader, isDataType } from "@sluice/core";
import type { ArraySpec, SpikeTrains } from "@sluice/proto";

/** Times of raw samples: an array with one for each sample, and the factor that makes seconds of them; or a regular clock. */
export type RawClock =
  | { readonly array: ArraySpec; readonly toSeconds: number }
  | { readonly startSeconds: number; readonly stepSeconds: number };

const secondsPerUnit: Readonly<Record<string, number>> = {
  "": 1,
  second: 1,
  s: 1,
  millisecond: 1e-3,
  ms: 1e-3,
  microsecond: 1e-6,
  us: 1e-6,
};

/**
 * Where the times of raw samples come from: the coordinates of their axis, its scale, or the sampling rate of the
 * recording. Undefined when none of them says it in numbers and a unit of time.
 *
 * @param array raw traces [sample, channel]
 */
export function rawClockOf(header: DatasetHeader, trains: SpikeTrains, array: ArraySpec): RawClock | undefined {
  const time = array.axes[0];
  if (time === undefined) return undefined;
  if (time.coordinatesArray !== "") {
    const coordinates = arrayNamed(header, time.coordinatesArray);
    const factor = secondsPerUnit[coordinates.unit || time.unit];
    const readable = isDataType(coordinates.dataType) && /^(u?int(8|16|32)|float(32|64))$/.test(coordinates.dataType);
    return factor === undefined || !readable ? undefined : { array: coordinates, toSeconds: factor };
  }
  const factor = secondsPerUnit[time.unit];
  if (time.scale !== undefined && factor !== undefined) {
    return { startSeconds: time.origin * factor, stepSeconds: time.scale * factor };
  }
  const { samplingRateHz, startTimeSeconds } = trains;
  return samplingRateHz === undefined ? undefined : { startSeconds: startTimeSeconds, stepSeconds: 1 / samplingRateHz };
}
