import { type DatasetHeader, isDataType, problem, SluiceError, toSeconds } from "@sluice/core";
import type { ArraySpec, Frame, Problem, SpikeTrains } from "@sluice/proto";
import { ascending, spikeRuns } from "@sluice/spikes";
import { NumberList } from "../numeric/number-list.ts";

/** Spikes that are held together: 1 GiB of times. */
const mostSpikes = 2 ** 27;
/** Units of matrices: 512 MiB a matrix. */
const mostPairedUnits = 8192;

/** What is known of spike trains before the first frame. */
export interface TrainsOutline {
  readonly times: ArraySpec;
  readonly spikes: SpikeTrains;
  readonly units: number;
  readonly startMs: number;
  /** Absent: not known. */
  readonly lengthMs: number | undefined;
}

/** Spike trains of all units, in ms, each in ascending order. */
export interface Trains {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly units: readonly Float64Array[];
}

/** What a step asks of the recording. */
export interface TrainsNeeds {
  /** The length of the recording is needed. */
  readonly length: boolean;
  /** Matrices of all pairs of units are made. */
  readonly pairs: boolean;
}

/**
 * Spike trains of a dataset, or what speaks against working with them.
 *
 * Problems: SPIKES_MISSING, SPIKE_TIMES_INVALID, UNITS_UNKNOWN, UNITS_MISSING, UNITS_TOO_MANY, DURATION_UNKNOWN.
 *
 * @param index of the recording in the dataset
 */
export function trainsOf(header: DatasetHeader, needs: TrainsNeeds, index = 0): TrainsOutline | Problem {
  const spikes = header.dataset.spikeTrains[index];
  const times = header.arrays.find(({ name }) => name === spikes?.timesArray);
  if (!spikes || !times) return missing(header, index);
  if (times.dataType !== "float64" && times.dataType !== "float32") return invalid(times);
  const units = times.axes[0]?.size;
  if (units === undefined) return unitsUnknown(times);
  if (needs.pairs && (units < 1 || units > mostPairedUnits)) return notPairable(times, units);
  const lengthSeconds = spikes.durationSeconds ?? rawSeconds(header, spikes);
  if (needs.length && lengthSeconds === undefined) return lengthUnknown(index);
  const lengthMs = lengthSeconds === undefined ? undefined : lengthSeconds * 1e3;
  return { times, spikes, units, startMs: spikes.startTimeSeconds * 1e3, lengthMs };
}

/** True for spike trains. */
export function isTrains(found: TrainsOutline | Problem): found is TrainsOutline {
  return "times" in found;
}

/** Gathers the spikes of a stream while its frames pass: 8 bytes a spike. */
export class TrainCollector {
  readonly #outline: TrainsOutline;
  readonly #lists: NumberList[];
  #spikes = 0;
  #rows = 0;

  constructor(outline: TrainsOutline) {
    this.#outline = outline;
    this.#lists = Array.from({ length: outline.units }, () => new NumberList());
  }

  take({ content }: Frame): void {
    const { times, units } = this.#outline;
    if (content?.$case !== "ragged" || content.value.arrayId !== times.arrayId) return;
    for (const { unit, seconds } of spikeRuns(times, content.value)) {
      this.#spikes += seconds.length;
      this.#rows = Math.max(this.#rows, unit + 1);
      if (this.#spikes > mostSpikes) throw tooManySpikes(times);
      if (unit >= units) throw tooManyRows(times, units);
      const ms = seconds.map((time) => time * 1e3);
      const at = ms.findIndex((time) => !Number.isFinite(time));
      if (at !== -1) throw notFinite(times, unit, ms[at] as number);
      this.#lists[unit]?.append(ms);
    }
  }

  finish(): Trains {
    const { times, units, startMs, lengthMs = Number.NaN } = this.#outline;
    if (this.#rows < units) throw incomplete(times, this.#rows, units);
    return { startMs, lengthMs, units: this.#lists.map((list) => ascending(list.values())) };
  }
}

/** Length of the raw traces, where the recording says none. */
function rawSeconds({ arrays }: DatasetHeader, { rawArray, samplingRateHz }: SpikeTrains): number | undefined {
  const axis = arrays.find(({ name, dataType }) => name === rawArray && isDataType(dataType))?.axes[0];
  if (axis?.size === undefined) return undefined;
  if (samplingRateHz !== undefined) return axis.size / samplingRateHz;
  const step = axis.scale === undefined ? undefined : toSeconds(axis.scale, axis.unit);
  return step === undefined ? undefined : axis.size * step;
}

function missing({ dataset }: DatasetHeader, index: number): Problem {
  return problem({
    reason: "SPIKES_MISSING",
    message: index === 0 ? "The dataset holds no spike trains." : "The step compares two recordings of spikes.",
    field: `dataset.spike_trains[${index}]`,
    got: `${dataset.spikeTrains.length} recordings of spikes`,
    allowed: [`${index + 1} or more`],
    remedy: index === 0 ? "Find spikes in raw traces before, by spikes.threshold." : "Leave the step out.",
  });
}

function invalid({ name, dataType }: ArraySpec): Problem {
  return problem({
    reason: "SPIKE_TIMES_INVALID",
    message: "Spike times are numbers of seconds.",
    field: `arrays.${name}.data_type`,
    got: dataType,
    allowed: ["float64", "float32"],
  });
}

function unitsUnknown({ name }: ArraySpec): Problem {
  return problem({
    reason: "UNITS_UNKNOWN",
    message: "The number of units must be known before the first spike.",
    field: `arrays.${name}.axes[0].size`,
    got: "no size",
    remedy: "Write the recording to a file and run the step on that.",
  });
}

function notPairable({ name }: ArraySpec, units: number): Problem {
  return problem({
    reason: units < 1 ? "UNITS_MISSING" : "UNITS_TOO_MANY",
    message: units < 1 ? "There are no units to compare." : "A matrix of all pairs of units would fill the memory.",
    field: `arrays.${name}.axes[0].size`,
    got: `${units} units`,
    allowed: [`1 to ${mostPairedUnits}`],
    remedy: units < 1 ? "Leave the step out." : "Select units before.",
  });
}

function lengthUnknown(index: number): Problem {
  return problem({
    reason: "DURATION_UNKNOWN",
    message: "The step needs the length of the recording.",
    field: `dataset.spike_trains[${index}].duration_seconds`,
    got: "no duration, and no raw traces of known length",
    remedy: "Give the duration where the recording is loaded.",
  });
}

function tooManySpikes({ name }: ArraySpec): SluiceError {
  return new SluiceError({
    reason: "SPIKES_TOO_MANY",
    message: "The step holds all spike times, 8 bytes each; there are more than it may hold.",
    field: `arrays.${name}`,
    got: `more than ${mostSpikes} spikes`,
    allowed: [`up to ${mostSpikes}`],
    remedy: "Split the recording, or select units before.",
  });
}

function tooManyRows({ name }: ArraySpec, units: number): SluiceError {
  return new SluiceError({
    reason: "CHUNK_OUT_OF_RANGE",
    message: "There are spikes of more units than the header says.",
    field: `arrays.${name}`,
    got: `unit ${units}`,
    allowed: [`${units} units`],
  });
}

function incomplete({ name }: ArraySpec, rows: number, units: number): SluiceError {
  return new SluiceError({
    reason: "SPIKES_INCOMPLETE",
    message: "Units never came; measures of them would be those of silent units.",
    field: `arrays.${name}`,
    got: `${rows} units`,
    allowed: [`${units}`],
    remedy: "Send units without spikes as rows of no length.",
  });
}

function notFinite({ name }: ArraySpec, unit: number, time: number): SluiceError {
  return new SluiceError({
    reason: "SPIKE_TIMES_INVALID",
    message: "A spike time is no number.",
    field: `arrays.${name}`,
    got: `${time} in unit ${unit}`,
    remedy: "Correct the recording.",
  });
}
