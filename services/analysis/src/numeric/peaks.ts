/**
 * Indices of local maxima that are at least `height`, in ascending order; of those closer than `distance` the highest
 * stays. A flat top counts as its middle, rounded down; the ends are no maxima. As scipy.signal.find_peaks.
 */
export function findPeaks(values: Float64Array, height: number, distance: number): number[] {
  const peaks = maxima(values).filter((index) => (values[index] as number) >= height);
  const kept = new Uint8Array(peaks.length).fill(1);
  const at = (place: number) => values[peaks[place] as number] as number;
  // Of equal heights the last comes first, as scipy takes them.
  const byHeight = peaks.map((_, place) => place).toSorted((a, b) => at(b) - at(a) || b - a);
  for (const place of byHeight) {
    if (kept[place] === 0) continue;
    const near = (other: number) => Math.abs((peaks[other] as number) - (peaks[place] as number)) < Math.ceil(distance);
    for (let other = place - 1; other >= 0 && near(other); other--) kept[other] = 0;
    for (let other = place + 1; other < peaks.length && near(other); other++) kept[other] = 0;
  }
  return peaks.filter((_, place) => kept[place] === 1);
}

function maxima(values: Float64Array): number[] {
  const found: number[] = [];
  for (let index = 1; index < values.length - 1; index++) {
    const value = values[index] as number;
    if (!((values[index - 1] as number) < value)) continue;
    let end = index;
    while (end + 1 < values.length && values[end + 1] === value) end++;
    if (end + 1 < values.length && (values[end + 1] as number) < value) found.push((index + end) >> 1);
    index = end;
  }
  return found;
}
