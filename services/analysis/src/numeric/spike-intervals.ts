/** Intervals between the spikes of a train in ascending order: one less than there are spikes. */
export function intervals(train: Float64Array): Float64Array {
  const result = new Float64Array(Math.max(0, train.length - 1));
  for (let index = 0; index < result.length; index++) {
    result[index] = (train[index + 1] as number) - (train[index] as number);
  }
  return result;
}

/**
 * Coefficient of variation of intervals: population standard deviation / mean; NaN for fewer than two intervals, or a
 * mean of 0.
 */
export function variation(isi: Float64Array): number {
  if (isi.length < 2) return Number.NaN;
  const mean = sum(isi) / isi.length;
  if (!(mean > 0)) return Number.NaN;
  let squares = 0;
  for (const value of isi) squares += (value - mean) ** 2;
  return Math.sqrt(squares / isi.length) / mean;
}

/**
 * CV2: the mean of 2 |I(k+1) - I(k)| / (I(k+1) + I(k)), which slow changes of the rate leave alone (Holt et al. 1996).
 * Pairs of intervals of 0 take no part; NaN where there is no pair.
 */
export function localVariation(isi: Float64Array): number {
  let [total, count] = [0, 0];
  for (let index = 1; index < isi.length; index++) {
    const [before, after] = [isi[index - 1] as number, isi[index] as number];
    if (!(before + after > 0)) continue;
    total += (2 * Math.abs(after - before)) / (after + before);
    count++;
  }
  return count === 0 ? Number.NaN : total / count;
}

/** How often spikes follow each other faster than a cell can fire. */
export interface Violations {
  /** Intervals below the limit. */
  readonly count: number;
  /** Per spike; SpikeLab calls it percent. */
  readonly fraction: number;
  /** Rate of violations over the rate of the unit: an estimate of contamination (Hill et al. 2011). */
  readonly hill: number;
}

/**
 * Refractory violations of a train.
 *
 * @param limitMs intervals below it are violations
 * @param shortestMs intervals below it cannot be seen by the detection
 */
export function violations(
  train: Float64Array,
  {
    limitMs,
    shortestMs,
    lengthMs,
  }: { readonly limitMs: number; readonly shortestMs: number; readonly lengthMs: number },
): Violations {
  const spikes = train.length;
  if (spikes < 2) return { count: 0, fraction: 0, hill: 0 };
  const count = intervals(train).reduce((most, interval) => most + (interval < limitMs ? 1 : 0), 0);
  const timeSeconds = 2 * spikes * (limitMs / 1e3 - shortestMs / 1e3);
  const rateHz = lengthMs > 0 ? spikes / (lengthMs / 1e3) : 0;
  const hill = timeSeconds > 0 && rateHz > 0 ? count / timeSeconds / rateHz : 0;
  return { count, fraction: count / spikes, hill };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
