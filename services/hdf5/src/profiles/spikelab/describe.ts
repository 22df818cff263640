import type { DatasetHeader } from "@sluice/core";
import type { GroupWriter } from "@sluice/hdf5";
import { Provenance } from "@sluice/proto";
import type { SpikePlan } from "./plan.ts";
import type { RecordingWindow } from "./recording-window.ts";

/** Software that wrote a file, as its attribute says. */
export const writer = "Sluice";

/**
 * Attributes of the root: `start_time` and `length_ms` as SpikeLab reads them; all others are ours, and its loader does
 * not look at them.
 */
export function describeRecording(
  root: GroupWriter,
  { dataset }: DatasetHeader,
  { trains, style, scale, times }: SpikePlan,
  window: RecordingWindow,
  units: number,
): void {
  const { attributes } = root;
  const exactStartMs = trains.startTimeSeconds * 1e3;
  const { startMs, lengthMs } =
    style === "raster" && trains.durationSeconds !== undefined
      ? { startMs: exactStartMs, lengthMs: trains.durationSeconds * 1e3 }
      : window.asLoaded(scale);
  attributes.set("start_time", startMs, "float64");
  attributes.set("length_ms", lengthMs, "float64");
  attributes.set("writer", writer);
  attributes.set("style", style);
  attributes.set("unit_count", units, "int64");
  attributes.set("start_time_seconds", trains.startTimeSeconds, "float64");
  if (trains.durationSeconds !== undefined) attributes.set("duration_seconds", trains.durationSeconds, "float64");
  if (trains.samplingRateHz !== undefined) attributes.set("sampling_rate_hz", trains.samplingRateHz, "float64");
  attributes.set("sluice_array", times.name);
  attributes.set("name", dataset.name);
  if (dataset.metadata) attributes.set("metadata", JSON.stringify(dataset.metadata));
  if (dataset.records) attributes.set("records", JSON.stringify(dataset.records));
  if (dataset.provenance) attributes.set("provenance", JSON.stringify(Provenance.toJSON(dataset.provenance)));
  if (dataset.sessionStartTime) attributes.set("session_start_time", dataset.sessionStartTime.toISOString());
}
