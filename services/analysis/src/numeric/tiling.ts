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

/** One of two trains, against the other. */
export interface TiledTrain {
  readonly spikes: number;
  /** Spikes with one of the other within the window. */
  readonly coincident: number;
  /** {@link tiledShare} */
  readonly share: number;
}

/**
 * Spike time tiling coefficient of two trains: 1/2 [(P_A - T_B) / (1 - P_A T_B) + (P_B - T_A) / (1 - P_B T_A)]; a term
 * whose denominator is 0 counts as 0, and so does a pair with a silent train.
 */
export function tilingCoefficient(a: TiledTrain, b: TiledTrain): number {
  if (a.spikes === 0 || b.spikes === 0) return 0;
  const term = (near: number, share: number) => (near * share === 1 ? 0 : (near - share) / (1 - near * share));
  return (term(a.coincident / a.spikes, b.share) + term(b.coincident / b.spikes, a.share)) / 2;
}
