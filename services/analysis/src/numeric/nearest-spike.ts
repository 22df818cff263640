import { lowerBound } from "./sorted-search.ts";

/**
 * Signed distance from a time to the nearest spike of a train in ascending order, the earlier of two at equal distance;
 * NaN for a silent train.
 */
export function latency(train: Float64Array, timeMs: number): number {
  if (train.length === 0) return Number.NaN;
  return nearestAt(train, timeMs, lowerBound(train, timeMs));
}

/**
 * Distances from each spike of `train` to the nearest spike of `other`: mean and population standard deviation of those
 * within `windowMs`; 0 and 0 where there is none, as in SpikeLab. Of two spikes at equal distance the later counts,
 * there as here.
 */
export function latencyMoments(
  train: Float64Array,
  other: Float64Array,
  windowMs: number,
): { readonly mean: number; readonly deviation: number } {
  const distances = new Float64Array(train.length);
  let count = 0;
  let next = 0;
  for (let index = 0; index < train.length && other.length > 0; index++) {
    const time = train[index] as number;
    while (next < other.length && (other[next] as number) < time) next++;
    const after = next < other.length ? (other[next] as number) - time : Number.POSITIVE_INFINITY;
    const before = next > 0 ? (other[next - 1] as number) - time : Number.NEGATIVE_INFINITY;
    const distance = -before < after ? before : after;
    if (Math.abs(distance) <= windowMs) distances[count++] = distance;
  }
  if (count === 0) return { mean: 0, deviation: 0 };
  let sum = 0;
  for (let index = 0; index < count; index++) sum += distances[index] as number;
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += ((distances[index] as number) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}

function nearestAt(train: Float64Array, time: number, next: number): number {
  const after = next < train.length ? (train[next] as number) - time : Number.POSITIVE_INFINITY;
  const before = next > 0 ? (train[next - 1] as number) - time : Number.NEGATIVE_INFINITY;
  return after < -before ? after : before;
}
