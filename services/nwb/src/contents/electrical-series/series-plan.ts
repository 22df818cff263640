import { type DatasetHeader, type DataType, itemSize, problem } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";
import { type RawClock, rawClockOf, type Spikes } from "@sluice/spikes";
import type { NwbOptions } from "../../options.ts";
import { chunkBytes } from "../../storage.ts";
import { conversionOf } from "../volts.ts";

/** Channels in a chunk: a reader that wants some of many need not inflate all of them. */
const mostChannels = 64;

/** Raw traces as an ElectricalSeries. */
export interface SeriesPlan {
  /** [sample, channel]. */
  readonly array: ArraySpec;
  readonly channels: number;
  /** volts = stored * conversion * channelConversion + offset. */
  readonly conversion: number;
  readonly offset: number;
  readonly channelConversion: readonly number[] | undefined;
  readonly clock: { readonly array: ArraySpec; readonly toSeconds: number } | RegularClock;
  /** Cells of the grid and chunks of the file. */
  readonly chunk: readonly [rows: number, channels: number];
}

/** Samples at even distances. */
export interface RegularClock {
  readonly startSeconds: number;
  readonly rateHz: number;
}

/** Settles how raw traces are written; adds what stands against it. */
export function planSeries(
  header: DatasetHeader,
  spikes: Spikes,
  options: NwbOptions,
  problems: Problem[],
): SeriesPlan | undefined {
  const array = spikes.raw;
  if (!array || !options.rawTraces) return undefined;
  const field = `arrays.${array.name}`;
  if (!/^(u?int(8|16|32|64)|float(32|64))$/.test(array.dataType) || array.axes.length !== 2) {
    problems.push(unfit(`${field}.data_type`, array));
    return undefined;
  }
  const scale = conversionOf(array, options);
  if (!scale) problems.push(unitUnknown(`${field}.unit`, array.unit));
  const clock = rawClockOf(header, spikes.trains, array);
  if (!clock) problems.push(timesMissing(`${field}.axes[0]`));
  const channels = array.axes[1]?.size ?? 0;
  if (!scale || !clock || channels === 0) return undefined;
  const width = Math.min(mostChannels, channels);
  const rows = Math.max(1, Math.floor(chunkBytes / (width * itemSize[array.dataType as DataType])));
  return {
    array,
    channels,
    ...scale,
    channelConversion: channelConversionOf(array, channels, problems),
    clock: regular(clock, options.samplingRateHz ?? spikes.trains.samplingRateHz),
    chunk: [Math.min(rows, Math.max(1, array.axes[0]?.size ?? rows)), width],
  };
}

/** The rate as somebody said it, where it is that of the axis up to rounding. */
function regular(clock: RawClock, samplingRateHz: number | undefined): SeriesPlan["clock"] {
  if ("array" in clock) return clock;
  const rateHz = 1 / clock.stepSeconds;
  const same = samplingRateHz !== undefined && Math.abs(samplingRateHz - rateHz) <= 1e-9 * rateHz;
  return { startSeconds: clock.startSeconds, rateHz: same ? samplingRateHz : rateHz };
}

/** Gains of the channels beside the common one: attribute `channel_conversion` of the array. */
function channelConversionOf(array: ArraySpec, channels: number, problems: Problem[]): number[] | undefined {
  const given = array.attributes?.["channel_conversion"] as unknown;
  if (given === undefined || given === null) return undefined;
  if (Array.isArray(given) && given.length === channels && given.every((value) => Number.isFinite(value))) return given;
  problems.push(
    problem({
      reason: "CHANNEL_CONVERSION_INVALID",
      message: "There must be one number for each channel.",
      field: `arrays.${array.name}.attributes.channel_conversion`,
      got: JSON.stringify(given).slice(0, 80),
      allowed: [`${channels} finite numbers`],
    }),
  );
  return undefined;
}

function unfit(field: string, { dataType, axes }: ArraySpec): Problem {
  return problem({
    reason: "RAW_TYPE_UNFIT",
    message: "Raw traces are integers, or floats of 32 or 64 bits, [sample, channel].",
    field,
    got: `${dataType} with ${axes.length} axes`,
    remedy: "Convert them, or set rawTraces to false.",
  });
}

function unitUnknown(field: string, unit: string): Problem {
  return problem({
    reason: "RAW_UNIT_UNKNOWN",
    message: "An ElectricalSeries is in volts, and the unit of the raw traces says no voltage.",
    field,
    got: JSON.stringify(unit),
    allowed: ["V", "mV", "uV", "nV"],
    remedy: "Give the unit of the array, or rawUnit where it has none; or set rawTraces to false.",
  });
}

function timesMissing(field: string): Problem {
  return problem({
    reason: "RAW_TIMES_MISSING",
    message: "A series needs the times of its samples, and the dataset does not say them.",
    field,
    allowed: ["a scale in seconds or an array of coordinates in seconds, or a sampling rate of the recording"],
    remedy: "Give samplingRateHz, or set rawTraces to false.",
  });
}
