/** Bins of equal width from the start of the recording on. */
export interface Bins {
  readonly count: number;
  readonly widthMs: number;
  /** Start of the first bin. */
  readonly startMs: number;
}

/**
 * The bins that a recording fills. A length within rounding of a whole number of bins is that number (SpikeLab 0.1.2
 * opens one more).
 */
export function binsOf(startMs: number, lengthMs: number, widthMs: number, offsetMs = 0): Bins {
  const exact = (lengthMs + offsetMs) / widthMs;
  const tolerance = Math.max(1e-9, Math.abs(exact) * 4 * Number.EPSILON);
  return { count: Math.max(0, Math.ceil(exact - tolerance)), widthMs, startMs: startMs - offsetMs };
}

/**
 * The bin of a time: bins are open on the left and closed on the right, and the start belongs to the first. Times beyond
 * the ends belong to the bins there, as in SpikeLab.
 */
export function binOf({ count, widthMs, startMs }: Bins, timeMs: number): number {
  const bin = Math.ceil((timeMs - startMs) / widthMs) - 1;
  return Math.min(Math.max(bin, 0), count - 1);
}

/** The bin of each spike of a train. */
export function binned(bins: Bins, train: Float64Array): Int32Array {
  const result = new Int32Array(train.length);
  if (bins.count === 0) return result;
  for (let index = 0; index < train.length; index++) result[index] = binOf(bins, train[index] as number);
  return result;
}

/** Adds the spikes of a train to the counts of their bins. */
export function countInto(counts: Int32Array | Float64Array, bins: Bins, train: Float64Array): void {
  for (const bin of binned(bins, train)) if (bin < counts.length) counts[bin] = (counts[bin] as number) + 1;
}
