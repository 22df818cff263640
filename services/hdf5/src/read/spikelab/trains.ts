import type { Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "../../load-options.ts";
import type { TimeUnit } from "../../profiles/spikelab/time-unit.ts";
import type { Content } from "./content.ts";
import { groupTrains } from "./group-trains.ts";
import { pairedTrains } from "./paired-trains.ts";
import { raggedTrains } from "./ragged-trains.ts";
import { rasterTrains } from "./raster-trains.ts";
import type { UnitHints } from "./scale.ts";

/** The units of an open file. */
export interface Trains {
  readonly unitCount: number;
  /** What was concluded rather than read, for people. */
  readonly notes: readonly string[];
  /** Length of the recording, where the style itself says it. */
  readonly lengthMs?: number;
  readonly samplingRateHz?: number | undefined;
  /** Spike times of each unit in turn: seconds, as they stand in the file. */
  trains(): AsyncIterable<Float64Array>;
}

/** Finds the units of a file, and checks what says where they are. */
export function openTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  switch (content.style) {
    case "ragged":
      return raggedTrains(file, content, options);
    case "raster":
      return rasterTrains(file, content, options);
    case "group":
      return groupTrains(file, content, options);
    case "paired":
      return pairedTrains(file, content, options);
  }
}

/**
 * Hints for spike times. SpikeLab's exporter writes paired times in ms and all others in s; its loader takes any for s.
 */
export function spikeHints(content: Content, options: LoadOptions): UnitHints {
  const assumed: TimeUnit = content.seed && content.style === "paired" ? "ms" : "s";
  const samplingRateHz = options.samplingRateHz ?? content.attributes.number("sampling_rate_hz");
  return { unit: options.timeUnit, assumed, samplingRateHz, option: "timeUnit" };
}
