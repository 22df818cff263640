/**
 * Spikes of two trains that match: both are read in order, and a pair within `deltaMs` (inclusive) is taken at the
 * first chance, each spike once.
 */
export function matches(a: Float64Array, b: Float64Array, deltaMs: number): number {
  let count = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const distance = (a[i] as number) - (b[j] as number);
    if (Math.abs(distance) <= deltaMs) {
      count++;
      i++;
      j++;
    } else if (distance < 0) i++;
    else j++;
  }
  return count;
}

/** Matches over all spikes of both trains, each match counted once; 0 for two silent trains. */
export function agreementScore(matched: number, a: number, b: number): number {
  const all = a + b - matched;
  return all > 0 ? matched / all : 0;
}
