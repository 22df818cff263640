import { type DatasetHeader, isDataType, problem, toSeconds } from "@sluice/core";
import { type ArraySpec, type Axis, AxisType, type Problem } from "@sluice/proto";

/** Raw traces of many channels on a regular clock. */
export interface RawRecording {
  readonly array: ArraySpec;
  /** Which axis comes first. */
  readonly layout: Layout;
  readonly channels: number;
  /** Absent: not known before the end. */
  readonly samples: number | undefined;
  readonly samplingRateHz: number;
  readonly startSeconds: number;
}

export const layouts = ["samples-first", "channels-first"] as const;
export type Layout = (typeof layouts)[number];

/** What a user says of raw traces that say nothing of themselves. */
export interface RawHints {
  readonly array?: string | undefined;
  readonly layout?: Layout | undefined;
  readonly samplingRateHz?: number | undefined;
}

const numbers = /^(u?int(8|16|32|64)|float(32|64))$/;

/**
 * The raw traces of a dataset: those of its spike trains, or the array that the hints name, or its only array of two
 * axes.
 *
 * Problems: RAW_MISSING, RAW_UNSUPPORTED, LAYOUT_UNKNOWN, SAMPLING_RATE_UNKNOWN, RAW_CLOCK_IRREGULAR.
 */
export function rawRecordingOf(header: DatasetHeader, hints: RawHints): RawRecording | Problem {
  const [trains] = header.dataset.spikeTrains;
  const planes = header.arrays.filter(({ axes, ragged }) => axes.length === 2 && !ragged);
  const wanted = hints.array ?? (trains?.rawArray || (planes.length === 1 ? planes[0]?.name : undefined));
  const array = header.arrays.find(({ name }) => name === wanted);
  if (!array) return missing(hints.array, planes);
  if (array.axes.length !== 2 || array.ragged || !isDataType(array.dataType) || !numbers.test(array.dataType)) {
    return unsupported(array);
  }
  const isNamed = trains?.rawArray === array.name;
  const layout = hints.layout ?? (isNamed ? "samples-first" : layoutOf(array));
  if (!layout) return layoutUnknown(array);
  const [samples, channels] = layout === "samples-first" ? array.axes : array.axes.toReversed();
  const time = samples as Axis;
  const channelCount = channels?.size;
  if (channelCount === undefined || (layout === "channels-first" && time.size === undefined)) return unsupported(array);
  const scale = time.scale === undefined ? undefined : toSeconds(time.scale, time.unit);
  const recorded = isNamed ? trains.samplingRateHz : undefined;
  const samplingRateHz = hints.samplingRateHz ?? recorded ?? (scale === undefined ? undefined : 1 / scale);
  if (time.coordinatesArray !== "" && hints.samplingRateHz === undefined) return irregular(array);
  if (samplingRateHz === undefined || !(samplingRateHz > 0)) return rateUnknown(array);
  const origin = scale === undefined ? undefined : toSeconds(time.origin, time.unit);
  const startSeconds = origin ?? (isNamed ? trains.startTimeSeconds : 0);
  return { array, layout, channels: channelCount, samples: time.size, samplingRateHz, startSeconds };
}

/** Least and largest numbers of the types whose ends a recording reaches by its signals. */
const limits: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-0x80, 0x7f],
  uint8: [0, 0xff],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
};

/** Whether values reach an end of what their data type holds, in 8 or 16 bits. */
export function reachesLimits({ array }: RawRecording, { least, most }: { least: number; most: number }): boolean {
  const ends = limits[array.dataType]?.map((end) => end * (array.valueScale ?? 1) + (array.valueOffset ?? 0));
  return ends !== undefined && (least <= Math.min(...ends) || most >= Math.max(...ends));
}

/** True for raw traces. */
export function isRecording(found: RawRecording | Problem): found is RawRecording {
  return "array" in found;
}

function layoutOf({ axes }: ArraySpec): Layout | undefined {
  const [first, second] = axes.map(
    ({ name, type }) => type === AxisType.AXIS_TYPE_TIME || /^(sample|time|t)s?$/.test(name),
  );
  if (first === second) return undefined;
  return first ? "samples-first" : "channels-first";
}

function missing(wanted: string | undefined, planes: readonly ArraySpec[]): Problem {
  return problem({
    reason: "RAW_MISSING",
    message: "The step works on raw traces; the dataset does not say which array they are.",
    field: "array",
    got: wanted === undefined ? `${planes.length} arrays of two axes` : JSON.stringify(wanted),
    allowed: planes.map(({ name }) => name),
    remedy: "Name the array of the raw traces by the parameter `array`.",
  });
}

function unsupported({ name, dataType, axes }: ArraySpec): Problem {
  return problem({
    reason: "RAW_UNSUPPORTED",
    message: "Raw traces are real numbers of two axes, [sample, channel] or [channel, sample].",
    field: `arrays.${name}`,
    got: `${dataType} [${axes.map((axis) => `${axis.name} ${axis.size ?? "unknown"}`).join(", ")}]`,
    allowed: ["integers and floats; both lengths known where the channel comes first"],
    remedy: "Name another array by the parameter `array`.",
  });
}

function layoutUnknown({ name, axes }: ArraySpec): Problem {
  return problem({
    reason: "LAYOUT_UNKNOWN",
    message: "The axes of the raw traces do not say which of them is time.",
    field: "layout",
    got: `${name} [${axes.map((axis) => `${axis.name} ${axis.size ?? "unknown"}`).join(", ")}]`,
    allowed: [...layouts],
    remedy: "Say it by the parameter `layout`.",
  });
}

function rateUnknown({ name }: ArraySpec): Problem {
  return problem({
    reason: "SAMPLING_RATE_UNKNOWN",
    message: "The recording does not say how many samples it has a second.",
    field: "samplingRateHz",
    got: `${name} without a scale of its time axis`,
    allowed: ["a number > 0, in hertz"],
    remedy: "Say it by the parameter `samplingRateHz`.",
  });
}

function irregular({ name, axes }: ArraySpec): Problem {
  return problem({
    reason: "RAW_CLOCK_IRREGULAR",
    message: "The samples of the raw traces have times of their own; filters need an even clock.",
    field: `arrays.${name}`,
    got: axes.map((axis) => axis.coordinatesArray).join(" "),
    allowed: ["a scale in a unit of time"],
    remedy: "If the clock is even all the same, give its rate by the parameter `samplingRateHz`.",
  });
}
