import { findPeaks } from "./peaks.ts";

/** What makes a burst. */
export interface BurstLimits {
  /** Least height of a peak, in multiples of the root mean square of the rate. */
  readonly threshold: number;
  /** Least distance of two peaks, in bins. */
  readonly minimumDistance: number;
  /** Where a burst begins and ends: this share of the way from its baseline to its peak. */
  readonly edgeFraction: number;
  /** The baseline is the higher of the troughs beside the peak, or else 0. */
  readonly peakToTrough: boolean;
}

/** A burst of the population, in bins. */
export interface Burst {
  readonly peak: number;
  readonly start: number;
  readonly end: number;
  /** The sharper rate at the peak. */
  readonly amplitude: number;
}

/**
 * Bursts of the whole population (`SpikeData.get_bursts`): peaks of the rate, with the nearest bins below the edge level
 * on both sides as start and end, and the peak where a sharper rate is highest between them. A peak whose edges lie
 * beyond the recording is left out.
 *
 * A lone burst has no trough beside it: its baseline is the lowest rate of the recording. SpikeLab drops it.
 */
export function findBursts(rate: Float64Array, sharp: Float64Array, limits: BurstLimits): Burst[] {
  const square = rate.reduce((sum, value) => sum + value * value, 0) / rate.length;
  const peaks = findPeaks(rate, Math.sqrt(square) * limits.threshold, limits.minimumDistance);
  return peaks.flatMap((peak, index) => {
    const base = limits.peakToTrough ? baseline(rate, peaks[index - 1], peak, peaks[index + 1]) : 0;
    const height = rate[peak] as number;
    const level = base + limits.edgeFraction * Math.max(0, height - base);
    let [start, end] = [peak - 1, peak + 1];
    while (start >= 0 && !((rate[start] as number) < level)) start--;
    while (end < rate.length && !((rate[end] as number) < level)) end++;
    if (start < 0 || end === rate.length) return [];
    let sharpest = start;
    for (let bin = start; bin < end; bin++) if ((sharp[bin] as number) > (sharp[sharpest] as number)) sharpest = bin;
    return [{ peak: sharpest, start, end, amplitude: sharp[sharpest] as number }];
  });
}

function baseline(rate: Float64Array, before: number | undefined, peak: number, after: number | undefined): number {
  const left = before === undefined ? undefined : trough(rate, before, peak);
  const right = after === undefined ? undefined : trough(rate, peak, after);
  if (left === undefined && right === undefined) return lowest(rate, 0, rate.length);
  return Math.max(left ?? Number.NEGATIVE_INFINITY, right ?? Number.NEGATIVE_INFINITY);
}

/** The lowest rate between two peaks; none where they are neighbours. */
function trough(rate: Float64Array, from: number, to: number): number | undefined {
  return to - from <= 1 ? undefined : lowest(rate, from, to);
}

function lowest(rate: Float64Array, from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let bin = from; bin < to; bin++) least = Math.min(least, rate[bin] as number);
  return least;
}
