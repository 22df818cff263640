import type { TimeUnit } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import type { UnitHints } from "./scale.ts";

/**
 * Hints for spike times. SpikeLab's exporter writes paired times in ms and all others in s; its loader takes any for s.
 */
export function spikeHints(content: Content, options: LoadOptions): UnitHints {
  const assumed: TimeUnit = content.seed && content.style === "paired" ? "ms" : "s";
  const samplingRateHz = options.samplingRateHz ?? content.attributes.number("sampling_rate_hz");
  return { unit: options.timeUnit, assumed, samplingRateHz, option: "timeUnit" };
}
