/** Names that arrays and tables have when they come from a folder. */
export const canonicalNames = {
  times: "spikes/times",
  amplitudes: "spikes/amplitudes",
  templates: "spikes/templates",
  raw: "spikes/raw",
  units: "units",
  electrodes: "electrodes",
} as const;
