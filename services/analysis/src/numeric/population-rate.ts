import { roundHalfToEven } from "@sluice/spikes";
import { convolveSame, movingSum } from "./convolution.ts";

/** How the population rate is smoothed. */
export interface Smoothing {
  readonly squareMs: number;
  readonly gaussSigmaMs: number;
  readonly binMs: number;
}

/**
 * Spikes of all units for each bin, through a moving average, then through a Gaussian on [-3 sigma, 3 sigma] whose
 * weights sum to 1; zeros beyond the ends (`SpikeData.get_pop_rate`).
 *
 * @param counts spikes of all units in each bin
 */
export function populationRate(counts: Float64Array, { squareMs, gaussSigmaMs, binMs }: Smoothing): Float64Array {
  const width = roundHalfToEven(squareMs / binMs);
  const averaged = width > 0 ? movingSum(counts, width).map((sum) => sum / width) : counts;
  const sigma = gaussSigmaMs / binMs;
  if (!(sigma > 0)) return averaged;
  const points = Math.ceil(6 * sigma + 1);
  const weights = Float64Array.from({ length: points }, (_, index) =>
    Math.exp(-((index - 3 * sigma) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return convolveSame(
    averaged,
    weights.map((weight) => weight / sum),
  );
}
