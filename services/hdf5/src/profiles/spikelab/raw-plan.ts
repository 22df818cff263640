import { arrayNamed, type DatasetHeader, problem } from "@sluice/core";
import type { ArraySpec, Problem, SpikeTrains } from "@sluice/proto";
import { type RawClock, rawClockOf, type TimeScale } from "@sluice/spikes";

/** Raw traces and where the times of their samples come from. */
export interface RawPlan {
  /** [sample, channel]; of known size. */
  readonly array: ArraySpec;
  readonly samples: number;
  readonly channels: number;
  readonly scale: TimeScale;
  readonly clock: RawClock;
}

/** The raw traces, if the dataset has some; adds what stands against writing them. */
export function planRaw(
  header: DatasetHeader,
  trains: SpikeTrains,
  scale: TimeScale,
  problems: Problem[],
): RawPlan | undefined {
  if (trains.rawArray === "") return undefined;
  const array = arrayNamed(header, trains.rawArray);
  const [time, channel] = array.axes;
  const clock = rawClockOf(header, trains, array);
  if (!/^(u?int|float)/.test(array.dataType)) problems.push(typeUnfit(array));
  if (clock === undefined) problems.push(timesMissing(array));
  if (time?.size === undefined) problems.push(lengthMissing(array));
  if (clock === undefined || time?.size === undefined) return undefined;
  const channels = channel?.size ?? 0;
  // Like SpikeLab's exporter: raw data without an element are none.
  if (time.size * channels === 0) return undefined;
  return { array, samples: time.size, channels, scale, clock };
}

function timesMissing({ name }: ArraySpec): Problem {
  return problem({
    reason: "RAW_TIMES_MISSING",
    message: "SpikeLab reads raw traces with the times of their samples, and the dataset does not say them.",
    field: `arrays.${name}.axes[0]`,
    allowed: ["a scale in seconds or an array of coordinates in seconds, or a sampling rate of the recording"],
    remedy: "Give one of them, or set rawTraces to false.",
  });
}

function lengthMissing({ name }: ArraySpec): Problem {
  return problem({
    reason: "RAW_LENGTH_UNKNOWN",
    message: "The traces stand as [channel, sample] in the file, so their length must be known before the first one.",
    field: `arrays.${name}.axes[0].size`,
    remedy: "Give the number of samples, set rawTraces to false, or choose the profile generic.",
  });
}

function typeUnfit({ name, dataType }: ArraySpec): Problem {
  return problem({
    reason: "RAW_TYPE_UNFIT",
    message: "Raw traces are integers or floats.",
    field: `arrays.${name}.data_type`,
    got: dataType,
    allowed: ["integers", "floats"],
    remedy: "Set rawTraces to false, or choose the profile generic.",
  });
}
