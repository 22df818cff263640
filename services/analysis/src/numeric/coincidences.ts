import { coincident } from "./tiling.ts";

const pairsAtOnce = 2 ** 22;

/**
 * For each unit and each other the spikes that have one of the other within `windowMs` (inclusive): [unit, other], the
 * diagonal left 0.
 *
 * Sorts the spikes of all units into bins as wide as the window and looks at the neighbours of each: S k steps for S
 * spikes with k others near, which is much less than the 2 N S of comparing N trains in pairs. Where the window is so
 * wide that it is not, trains are compared in pairs. Stops now and then, so that other work may run.
 */
export function* coincidences(trains: readonly Float64Array[], windowMs: number): Generator<undefined, Float64Array> {
  const bins = binSpikes(trains, windowMs);
  const spikes = bins.times.length;
  return neighbourPairs(bins.starts) <= 2 * trains.length * spikes
    ? yield* countNeighbours(bins, trains.length, windowMs)
    : yield* countInPairs(trains, windowMs);
}

/** Spikes of all units in bins of time, in any order within a bin. */
interface SpikeBins {
  /** Where each bin begins in the lists, and the end. */
  readonly starts: Float64Array;
  readonly times: Float64Array;
  readonly owners: Int32Array;
}

function binSpikes(trains: readonly Float64Array[], windowMs: number): SpikeBins {
  let [first, last, spikes] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const train of trains) {
    if (train.length === 0) continue;
    first = Math.min(first, train[0] as number);
    last = Math.max(last, train[train.length - 1] as number);
    spikes += train.length;
  }
  // A few bins for each spike at most. A bin is wider than the window by more than the rounding of a place in it.
  const width = Math.max(windowMs * (1 + 1e-6), (last - first) / (4 * spikes + 1));
  const binOf = (time: number) => Math.floor((time - first) / width);
  const count = spikes === 0 ? 0 : binOf(last) + 1;
  const starts = new Float64Array(count + 1);
  for (const train of trains)
    for (const time of train) starts[binOf(time) + 1] = (starts[binOf(time) + 1] as number) + 1;
  for (let bin = 0; bin < count; bin++) starts[bin + 1] = (starts[bin + 1] as number) + (starts[bin] as number);
  const next = starts.slice();
  const [times, owners] = [new Float64Array(spikes), new Int32Array(spikes)];
  for (const [unit, train] of trains.entries()) {
    for (const time of train) {
      const bin = binOf(time);
      const at = next[bin] as number;
      next[bin] = at + 1;
      times[at] = time;
      owners[at] = unit;
    }
  }
  return { starts, times, owners };
}

/** Pairs of spikes in the same bin or in bins beside each other, both ways. */
function neighbourPairs(starts: Float64Array): number {
  let pairs = 0;
  for (let bin = 0; bin + 1 < starts.length; bin++) {
    const from = starts[Math.max(0, bin - 1)] as number;
    const to = starts[Math.min(starts.length - 1, bin + 2)] as number;
    pairs += ((starts[bin + 1] as number) - (starts[bin] as number)) * (to - from);
  }
  return pairs;
}

function* countNeighbours(
  { starts, times, owners }: SpikeBins,
  units: number,
  windowMs: number,
): Generator<undefined, Float64Array> {
  const counts = new Float64Array(units * units);
  /** The spike that last counted for a unit. */
  const seen = new Float64Array(units).fill(-1);
  let since = 0;
  for (let bin = 0; bin + 1 < starts.length; bin++) {
    const from = starts[Math.max(0, bin - 1)] as number;
    const to = starts[Math.min(starts.length - 1, bin + 2)] as number;
    since += (to - from) * (to - from);
    if (since > pairsAtOnce) {
      since = 0;
      yield;
    }
    const end = starts[bin + 1] as number;
    for (let spike = starts[bin] as number; spike < end; spike++) {
      const time = times[spike] as number;
      const unit = owners[spike] as number;
      const row = unit * units;
      for (let other = from; other < to; other++) {
        if (!(Math.abs((times[other] as number) - time) <= windowMs)) continue;
        const owner = owners[other] as number;
        if (owner === unit || seen[owner] === spike) continue;
        seen[owner] = spike;
        counts[row + owner] = (counts[row + owner] as number) + 1;
      }
    }
  }
  return counts;
}

function* countInPairs(trains: readonly Float64Array[], windowMs: number): Generator<undefined, Float64Array> {
  const counts = new Float64Array(trains.length * trains.length);
  for (const [unit, train] of trains.entries()) {
    for (const [other, train2] of trains.entries()) {
      if (unit !== other) counts[unit * trains.length + other] = coincident(train, train2, windowMs);
    }
    yield;
  }
  return counts;
}
