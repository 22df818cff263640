import type { FolderPlan } from "./plan.ts";

/** Names that arrays and tables have when they come from a folder. */
export const canonicalNames = {
  times: "spikes/times",
  amplitudes: "spikes/amplitudes",
  templates: "spikes/templates",
  raw: "spikes/raw",
  units: "units",
  electrodes: "electrodes",
} as const;

/** Arrays beside the times that come back under their own name, bit by bit, as long as units and spikes keep their order. */
export function exactArrays({ raw, templates, amplitudes }: FolderPlan): ReadonlySet<string> {
  const exact = [
    raw?.name === canonicalNames.raw ? [raw.name] : [],
    templates?.name === canonicalNames.templates && templates.dataType === "float32" ? [templates.name] : [],
    amplitudes?.name === canonicalNames.amplitudes && amplitudes.dataType === "float64" ? [amplitudes.name] : [],
  ];
  return new Set(exact.flat());
}
