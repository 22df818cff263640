import { sampleOf, type TimeScale } from "@sluice/spikes";

/** Times as a folder has them, counted from its origin. */
export function fileTimes(seconds: Float64Array, scale: TimeScale, originSeconds: number): Float64Array {
  const values = new Float64Array(seconds.length);
  if (scale.unit === "samples") {
    // Adding 0 makes 0 of -0, which no integer is.
    for (let at = 0; at < values.length; at++)
      values[at] = sampleOf((seconds[at] as number) - originSeconds, scale) + 0;
    return values;
  }
  const perSecond = scale.unit === "ms" ? 1e3 : 1;
  for (let at = 0; at < values.length; at++) values[at] = ((seconds[at] as number) - originSeconds) * perSecond;
  return values;
}

/** Seconds that a reader makes of the times of a folder. */
export function secondsOf(values: Float64Array, scale: TimeScale, originSeconds: number): Float64Array {
  const seconds = new Float64Array(values.length);
  const perSecond = scale.unit === "samples" ? scale.samplingRateHz : scale.unit === "ms" ? 1e3 : 1;
  for (let at = 0; at < values.length; at++) seconds[at] = (values[at] as number) / perSecond + originSeconds;
  return seconds;
}
