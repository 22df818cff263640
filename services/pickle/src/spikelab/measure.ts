import type { DatasetHeader } from "@sluice/core";
import { type ArraySpec, type Axis, AxisType } from "@sluice/proto";
import type { ObjectName } from "./objects.ts";

/** A firing rate [unit, time]: `RateData` with the times of its columns. */
export interface Rate {
  readonly object: "RateData";
  readonly array: ArraySpec;
  /** Hertz in a unit of the array. */
  readonly hertz: number;
  /** Milliseconds of the column i: start + step * i. */
  readonly times: { readonly startMs: number; readonly stepMs: number; readonly count: number };
}

/** A measure of pairs of units [unit, unit]: `PairwiseCompMatrix`. */
export interface Pairwise {
  readonly object: "PairwiseCompMatrix";
  readonly array: ArraySpec;
  /** Names of the units, of the rows as of the columns; none where they have none. */
  readonly labels: readonly string[];
}

/** What an array of a dataset is to SpikeLab. */
export type Measure = Rate | Pairwise;

/** What makes an array such an object, for people. */
export const wanted: Readonly<Record<Exclude<ObjectName, "SpikeData">, string>> = {
  RateData: "a firing rate [unit, time] in hertz at even times, as spikes.resampled_isi and spikes.sliding_rate add it",
  PairwiseCompMatrix:
    "a measure of pairs of the same units [unit, unit], as spikes.sttc, spikes.cross_correlogram and " +
    "spikes.pairwise_latencies add it",
};

const hertzPerUnit: Readonly<Record<string, number>> = { hertz: 1, Hz: 1, kilohertz: 1e3, kHz: 1e3 };
const msPerUnit: Readonly<Record<string, number>> = { second: 1e3, s: 1e3, millisecond: 1, ms: 1 };

/** The array as SpikeLab knows such; undefined when it knows none. */
export function measureOf(array: ArraySpec): Measure | undefined {
  const { axes, dataType, ragged } = array;
  const [rows, columns] = axes;
  // SpikeLab computes in float64: types of which it holds every value.
  if (ragged || axes.length !== 2 || !/^(u?int(8|16|32)|float(32|64))$/.test(dataType)) return undefined;
  if (rows?.type !== AxisType.AXIS_TYPE_ITEM || columns?.size === undefined) return undefined;
  if (columns.type === AxisType.AXIS_TYPE_TIME) return rateOf(array, columns);
  if (columns.type !== AxisType.AXIS_TYPE_ITEM || rows.size !== columns.size) return undefined;
  if (rows.labels.join("\n") !== columns.labels.join("\n")) return undefined;
  return { object: "PairwiseCompMatrix", array, labels: rows.labels };
}

/** All of a dataset. */
export function measuresOf({ arrays }: DatasetHeader): Measure[] {
  return arrays.map(measureOf).filter((measure) => measure !== undefined);
}

function rateOf(array: ArraySpec, { size = 0, scale, origin, unit, coordinatesArray }: Axis): Rate | undefined {
  const [hertz, ms] = [hertzPerUnit[array.unit], msPerUnit[unit]];
  if (hertz === undefined || ms === undefined || coordinatesArray !== "" || !(scale !== undefined && scale > 0)) {
    return undefined;
  }
  return { object: "RateData", array, hertz, times: { startMs: origin * ms, stepMs: scale * ms, count: size } };
}
