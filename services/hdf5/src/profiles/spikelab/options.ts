import { timeUnits } from "@sluice/spikes";
import * as v from "valibot";

export const styles = ["ragged", "raster", "group", "paired"] as const;

export type Style = (typeof styles)[number];

/** SpikeLab takes any case. */
export const styleSchema = v.pipe(
  v.string(),
  // Before the change of case: what follows it is not part of the JSON schema of what may be given.
  v.description("spikelab: ragged (default), raster, group or paired, in any case."),
  v.toLowerCase(),
  v.picklist(styles),
);

export const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const path = v.pipe(v.string(), v.regex(/^\/?[^/]+(\/[^/]+)*$/, "a path such as spikes/times"));

function named(what: string, style: string, name: string) {
  return v.optional(v.pipe(path, v.description(`spikelab, ${style}: path of ${what}; ${name} by default.`)));
}

/** Names in a file, for the exporter and the loader. */
export const nameEntries = {
  spikeTimesDataset: named("the times of all units, end to end", "ragged", "spike_times"),
  spikeTimesIndexDataset: named("where the units end in them", "ragged", "spike_times_index"),
  rasterDataset: named("the counts [unit, bin]", "raster", "raster"),
  groupPerUnit: named("the group with one dataset for each unit", "group", "units"),
  idcesDataset: named("the unit of each spike", "paired", "idces"),
  timesDataset: named("the time of each spike", "paired", "times"),
  rawDataset: named("the raw traces [channel, sample]", "every style", "raw"),
  rawTimeDataset: named("the time of each sample", "every style", "raw_time"),
};

/** What the exporter takes beside the options of every profile. */
export const spikelabOptionEntries = {
  style: v.optional(styleSchema),
  timeUnit: v.optional(
    v.pipe(
      v.picklist(timeUnits),
      v.description("spikelab: unit of the spike times; s by default, which SpikeLab's loader expects in every style."),
    ),
  ),
  samplingRateHz: v.optional(
    v.pipe(
      positive,
      v.description("spikelab: samples per second, for the unit samples; by default that of the recording."),
    ),
  ),
  rasterBinMs: v.optional(v.pipe(positive, v.description("spikelab, raster: width of a bin in ms; 1 by default."))),
  rawTraces: v.optional(
    v.pipe(v.boolean(), v.description("spikelab: write the raw traces, if the dataset has some; true by default.")),
  ),
  rawTimeUnit: v.optional(
    v.pipe(v.picklist(timeUnits), v.description("spikelab: unit of the times of raw samples; s by default.")),
  ),
  ...nameEntries,
};

/** Names of SpikeLab's own exporter; raw and raw_time as its examples have them. */
export const defaultNames = {
  spikeTimesDataset: "spike_times",
  spikeTimesIndexDataset: "spike_times_index",
  rasterDataset: "raster",
  groupPerUnit: "units",
  idcesDataset: "idces",
  timesDataset: "times",
  rawDataset: "raw",
  rawTimeDataset: "raw_time",
} as const;

export type Names = Readonly<Record<keyof typeof defaultNames, string>>;

/** Paths that make a style, and options that belong to it alone. */
export const namesOfStyle: Readonly<Record<Style, readonly (keyof Names)[]>> = {
  ragged: ["spikeTimesDataset", "spikeTimesIndexDataset"],
  raster: ["rasterDataset"],
  group: ["groupPerUnit"],
  paired: ["idcesDataset", "timesDataset"],
};

/** The names of a file, without the slash at the root. */
export function namesOf(options: Partial<Readonly<Record<keyof Names, string | undefined>>>): Names {
  const given = Object.entries(defaultNames).map(([key, name]) => [key, options[key as keyof Names] ?? name] as const);
  return Object.fromEntries(given.map(([key, name]) => [key, name.replace(/^\//, "")])) as unknown as Names;
}

/** The parameter of SpikeLab's loader that an option stands for, e.g. spike_times_dataset. */
export function parameterOf(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
