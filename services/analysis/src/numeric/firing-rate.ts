import { roundHalfToEven } from "@sluice/spikes";
import { movingSum, smooth } from "./convolution.ts";

/** Times at equal distances. */
export interface TimeGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * Rate in Hz from the intervals between spikes: 1000 / interval from the one spike to the next, 0 outside of the train,
 * then Gaussian smoothing (borders mirrored). Spikes stand at the nearest time of the grid, ties to even. Spikes at the
 * same time count once. Fewer than two spikes give 0; a grid of one time gives the rate there, not smoothed.
 */
export function intervalRate(train: Float64Array, grid: TimeGrid, sigmaMs: number): Float64Array {
  const { startMs, stepMs, count } = grid;
  const rate = new Float64Array(count);
  const spikes = train.filter((time, index) => index === 0 || time !== train[index - 1]);
  const placeOf = (time: number) => roundHalfToEven((time - startMs) / stepMs);
  for (let index = 1; index < spikes.length; index++) {
    const [before, time] = [spikes[index - 1] as number, spikes[index] as number];
    const value = (1 / (time - before)) * 1e3;
    if (count === 1) {
      if (before <= startMs && startMs < time) rate[0] = value;
      continue;
    }
    // Python's slice: what lies before the grid is cut off.
    rate.fill(value, Math.max(0, placeOf(before)), Math.max(0, Math.min(placeOf(time), count)));
  }
  return count < 2 || sigmaMs === 0 || spikes.length < 2 ? rate : smooth(rate, sigmaMs / stepMs);
}

/** Bins of a sliding window: their edges, and the times in their middles. */
export interface SlidingBins extends TimeGrid {
  /** Bins that the window is wide. */
  readonly windowBins: number;
}

/** Bins from half a window before the recording to half a window after it; one more where they fill it exactly. */
export function slidingBins(startMs: number, lengthMs: number, windowMs: number, stepMs: number): SlidingBins {
  const from = startMs - windowMs / 2;
  const span = startMs + lengthMs + windowMs / 2 - from;
  const rest = span % stepMs;
  const exact = rest < 1e-12 || Math.abs(rest - stepMs) < 1e-12;
  const count = Math.ceil(span / stepMs) + (exact ? 1 : 0);
  const windowBins = Math.min(Math.max(1, roundHalfToEven(windowMs / stepMs)), count);
  return { startMs: from, stepMs, count, windowBins };
}

/** Time in the middle of a bin. */
export function slidingTime({ startMs, stepMs }: SlidingBins, bin: number): number {
  return (startMs + bin * stepMs + (startMs + (bin + 1) * stepMs)) / 2;
}

/**
 * Rate in Hz in a sliding window: spikes in it / its width; or, without the window, spikes of each bin / its width.
 * Then Gaussian smoothing, if a sigma is given.
 */
export function slidingRate(
  train: Float64Array,
  bins: SlidingBins,
  { square, sigmaMs }: { readonly square: boolean; readonly sigmaMs: number },
): Float64Array {
  const { startMs, stepMs, count, windowBins } = bins;
  const edge = (bin: number) => startMs + bin * stepMs;
  const counts = new Float64Array(count);
  for (const time of train) {
    if (time < startMs || time > edge(count)) continue;
    let bin = Math.min(Math.floor((time - startMs) / stepMs), count - 1);
    if (time < edge(bin)) bin--;
    else if (bin + 1 < count && time >= edge(bin + 1)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const sums = square ? movingSum(counts, windowBins) : counts;
  const seconds = ((square ? windowBins : 1) * stepMs) / 1e3;
  const rate = sums.map((sum) => sum / seconds);
  return sigmaMs === 0 ? rate : smooth(rate, sigmaMs / stepMs);
}
