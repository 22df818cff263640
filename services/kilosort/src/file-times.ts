import type { TimeScale } from "@sluice/spikes";

/** Seconds that a reader makes of the times of a folder. */
export function secondsOf(values: Float64Array, scale: TimeScale, originSeconds: number): Float64Array {
  const seconds = new Float64Array(values.length);
  const perSecond = scale.unit === "samples" ? scale.samplingRateHz : scale.unit === "ms" ? 1e3 : 1;
  for (let at = 0; at < values.length; at++) seconds[at] = (values[at] as number) / perSecond + originSeconds;
  return seconds;
}
