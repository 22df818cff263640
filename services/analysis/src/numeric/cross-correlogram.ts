/** Counts of a train in the bins that hold spikes. */
export interface SparseCounts {
  /** Ascending, each once. */
  readonly bins: Int32Array;
  readonly counts: Int32Array;
  /** Sum of the squares of the counts. */
  readonly energy: number;
}

/** Counts of spikes in bins that do not descend. */
export function sparseCounts(spikeBins: Int32Array): SparseCounts {
  const bins = new Int32Array(spikeBins.length);
  const counts = new Int32Array(spikeBins.length);
  let used = 0;
  for (const bin of spikeBins) {
    if (used === 0 || bins[used - 1] !== bin) bins[used++] = bin;
    counts[used - 1] = (counts[used - 1] as number) + 1;
  }
  const energy = counts.subarray(0, used).reduce((sum, count) => sum + count * count, 0);
  return { bins: bins.subarray(0, used), counts: counts.subarray(0, used), energy };
}

/** The highest value of a cross-correlogram, and the lag where it is first reached, in bins. */
export interface Peak {
  readonly value: number;
  readonly lag: number;
}

/**
 * Peak of the cross-correlation of counts, sum over n of a[n + lag] b[n] / sqrt(sum a^2 sum b^2), among lags up to
 * `maxLag` on both sides; of equal ones the lowest lag. Two silent trains give NaN, one gives 0; without any
 * coincidence the lag is 0.
 *
 * Counts pairs of filled bins within the lags: exact, and quick where an FFT of long rasters would round.
 *
 * @param scratch 2 maxLag + 1 numbers
 */
export function correlogramPeak(a: SparseCounts, b: SparseCounts, maxLag: number, scratch: Float64Array): Peak {
  if (a.energy === 0 || b.energy === 0) return { value: a.energy === b.energy ? Number.NaN : 0, lag: 0 };
  scratch.fill(0);
  let first = 0;
  for (let index = 0; index < a.bins.length; index++) {
    const bin = a.bins[index] as number;
    const count = a.counts[index] as number;
    while (first < b.bins.length && (b.bins[first] as number) < bin - maxLag) first++;
    for (let other = first; other < b.bins.length; other++) {
      const lag = bin - (b.bins[other] as number);
      if (lag < -maxLag) break;
      scratch[lag + maxLag] = (scratch[lag + maxLag] as number) + count * (b.counts[other] as number);
    }
  }
  let best = maxLag;
  let most = 0;
  for (let place = 0; place < 2 * maxLag + 1; place++) {
    if ((scratch[place] as number) <= most) continue;
    most = scratch[place] as number;
    best = place;
  }
  return { value: most / Math.sqrt(a.energy * b.energy), lag: best - maxLag };
}
