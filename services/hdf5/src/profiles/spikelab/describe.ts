import type { DatasetHeader } from "@sluice/core";
import type { GroupWriter } from "@sluice/hdf5";
import { ArraySpec, DatasetSpec, Provenance } from "@sluice/proto";
import type { RecordingWindow } from "@sluice/spikes";
import { version } from "../../version.ts";
import { ReadableAttributes } from "../generic/attributes.ts";
import { rootAttributes, specAttribute } from "../generic/layout.ts";
import { type Names, namesOfStyle, parameterOf } from "./options.ts";
import type { SpikePlan } from "./plan.ts";

/** Attribute of the root that tells our files, and its value. */
export const layoutAttribute = rootAttributes.layout;
export const layoutName = "sluice.spikelab";

/** Attributes of the root that hold JSON. */
export const texts = { metadata: "metadata", records: "records", provenance: "provenance" } as const;

/**
 * Attributes of the root: `start_time` and `length_ms` as SpikeLab reads them; all others are ours, and its loader does
 * not look at them.
 *
 * @param units once they are known; a file without was not finished
 */
export function describeRecording(
  root: GroupWriter,
  { dataset }: DatasetHeader,
  { trains, style, scale, times, names, raw }: SpikePlan,
  window: RecordingWindow,
  units?: number,
): void {
  const { attributes } = root;
  const exactStartMs = trains.startTimeSeconds * 1e3;
  const { startMs, lengthMs } =
    style === "raster" && trains.durationSeconds !== undefined
      ? { startMs: exactStartMs, lengthMs: trains.durationSeconds * 1e3 }
      : window.asLoaded(scale);
  attributes.set("start_time", startMs, "float64");
  const lengthKnown = units !== undefined || trains.durationSeconds !== undefined;
  if (lengthKnown) attributes.set("length_ms", lengthMs, "float64");
  attributes.set("software", `Sluice ${version}`);
  attributes.set("style", style);
  const used: (keyof Names)[] = [...namesOfStyle[style], ...(raw ? (["rawDataset", "rawTimeDataset"] as const) : [])];
  for (const option of used) attributes.set(parameterOf(option), names[option]);
  if (units !== undefined) attributes.set("unit_count", units, "int64");
  attributes.set("start_time_seconds", trains.startTimeSeconds, "float64");
  if (trains.durationSeconds !== undefined) attributes.set("duration_seconds", trains.durationSeconds, "float64");
  if (trains.samplingRateHz !== undefined) attributes.set("sampling_rate_hz", trains.samplingRateHz, "float64");
  attributes.set(layoutAttribute, layoutName);
  attributes.set(specAttribute, JSON.stringify(ArraySpec.toJSON(times)), "text");
  describeDataset(root, dataset);
}

/** What the dataset is beside its spikes, as JSON. */
function describeDataset({ attributes }: GroupWriter, dataset: DatasetSpec): void {
  const { metadata, records, provenance, ...rest } = dataset;
  const remainder = DatasetSpec.fromPartial({ ...rest, origins: [] });
  new ReadableAttributes(attributes).text("name", dataset.name);
  attributes.set(rootAttributes.dataset, JSON.stringify(DatasetSpec.toJSON(remainder)), "text");
  if (metadata) attributes.set(texts.metadata, JSON.stringify(metadata), "text");
  if (records) attributes.set(texts.records, JSON.stringify(records), "text");
  if (provenance) attributes.set(texts.provenance, JSON.stringify(Provenance.toJSON(provenance)), "text");
}
