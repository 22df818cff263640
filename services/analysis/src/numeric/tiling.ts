/**
 * Share of a recording that lies within `windowMs` of a spike (T_A of Cutts and Eglen 2014).
 *
 * @param train in ms from the start of the recording
 */
export function tiledShare(train: Float64Array, windowMs: number, lengthMs: number): number {
  const { length } = train;
  if (length === 0) return 0;
  let tiled = Math.min(windowMs, train[0] as number);
  tiled += Math.min(windowMs, Math.max(0, lengthMs - (train[length - 1] as number)));
  for (let index = 1; index < length; index++) {
    tiled += Math.min((train[index] as number) - (train[index - 1] as number), 2 * windowMs);
  }
  return tiled / lengthMs;
}

/** Spikes of `train` that have one of `other` within `windowMs` (inclusive). One pass over both. */
export function coincident(train: Float64Array, other: Float64Array, windowMs: number): number {
  if (other.length === 0) return 0;
  let count = 0;
  let next = 0;
  for (let index = 0; index < train.length; index++) {
    const time = train[index] as number;
    while (next < other.length && (other[next] as number) < time) next++;
    const after = next < other.length ? (other[next] as number) - time : Number.POSITIVE_INFINITY;
    const before = next > 0 ? time - (other[next - 1] as number) : Number.POSITIVE_INFINITY;
    if (Math.min(after, before) <= windowMs) count++;
  }
  return count;
}

/**
 * Spike time tiling coefficient of two trains from their shares: 1/2 [(P_A - T_B) / (1 - P_A T_B) + (P_B - T_A) /
 * (1 - P_B T_A)]; a term whose denominator is 0 counts as 0, and so does a pair with a silent train.
 */
export function tilingCoefficient(
  a: Float64Array,
  b: Float64Array,
  { shareA, shareB, windowMs }: { readonly shareA: number; readonly shareB: number; readonly windowMs: number },
): number {
  if (a.length === 0 || b.length === 0) return 0;
  const near = coincident(a, b, windowMs) / a.length;
  const nearB = coincident(b, a, windowMs) / b.length;
  const term = (near1: number, share: number) => (near1 * share === 1 ? 0 : (near1 - share) / (1 - near1 * share));
  return (term(near, shareB) + term(nearB, shareA)) / 2;
}
