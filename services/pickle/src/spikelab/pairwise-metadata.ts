import type { DatasetHeader } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/** Arrays of the steps that measure pairs, the step, and SpikeLab's names of its parameters. */
const measures: Readonly<Record<string, { readonly step: string; readonly keys: Readonly<Record<string, string>> }>> = {
  sttc: { step: "spikes.sttc", keys: { delt: "windowMs" } },
  ccg_peak: { step: "spikes.cross_correlogram", keys: { bin_size: "binMs", max_lag: "maxLagMs" } },
  ccg_lag: { step: "spikes.cross_correlogram", keys: { bin_size: "binMs", max_lag: "maxLagMs" } },
  latency_mean: { step: "spikes.pairwise_latencies", keys: { window_ms: "windowMs" } },
  latency_std: { step: "spikes.pairwise_latencies", keys: { window_ms: "windowMs" } },
};

/**
 * The metadata that SpikeLab gives the same matrix: the parameters of the step that made it, of the history of the
 * dataset. Nothing for a matrix of anybody else.
 */
export function pairwiseMetadata({ dataset }: DatasetHeader, { name }: ArraySpec): Readonly<Record<string, unknown>> {
  // A second run of a step adds "spikes/sttc_2".
  const [, array = "", number = "1"] = /^spikes\/(.*?)(?:_(\d+))?$/.exec(name) ?? [];
  const measure = measures[array];
  const runs = dataset.provenance?.steps.filter((step) => step.name === measure?.step) ?? [];
  const parameters = runs[Number(number) - 1]?.parameters;
  if (!measure || !parameters) return {};
  return Object.fromEntries(Object.entries(measure.keys).map(([key, own]) => [key, parameters[own] ?? null]));
}
