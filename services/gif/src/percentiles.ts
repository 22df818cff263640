import type { Values } from "./values.ts";

/** Gives every frame's values anew; percentiles look at them two or three times. */
export type Scan = (visit: (values: Values) => void) => Promise<void>;

/** Values between two bounds, both among them, and how many values lie below. */
interface Interval {
  readonly low: number;
  readonly high: number;
  readonly below: number;
  readonly count: number;
}

const bins = 65_536;
/** Values that are sorted at once. */
const mostSorted = 2 ** 17;

/**
 * Percentiles of the finite values, as `numpy.percentile(..., method="linear")` of float64 gives them, exactly: a
 * histogram between the bounds finds the bins of the ranks that are asked for; bins of few values are sorted, others
 * are looked at more closely in the next scan. Memory: 2 MB, however many values there are.
 *
 * @param whole bounds and number of the finite values, of which there is at least one
 */
export async function percentiles(
  scan: Scan,
  whole: { readonly low: number; readonly high: number; readonly count: number },
  percents: readonly number[],
): Promise<number[]> {
  const places = percents.map((percent) => (percent / 100) * (whole.count - 1));
  const ranks = new Set(
    places.flatMap((place) => [Math.floor(place), Math.min(Math.floor(place) + 1, whole.count - 1)]),
  );
  const found = await valuesOfRanks(scan, { ...whole, below: 0 }, [...ranks]);
  return places.map((place) => {
    const rank = Math.floor(place);
    const least = found.get(rank) as number;
    const most = found.get(Math.min(rank + 1, whole.count - 1)) as number;
    return between(least, most, place - rank);
  });
}

/** numpy's _lerp, which is exact at both ends; here also where the values lie further apart than float64 can tell. */
function between(least: number, most: number, share: number): number {
  const span = most - least;
  if (span === Number.POSITIVE_INFINITY) return 2 * between(least / 2, most / 2, share);
  return share < 0.5 ? least + span * share : most - span * (1 - share);
}

/** Values by their rank in ascending order. */
async function valuesOfRanks(scan: Scan, whole: Interval, ranks: readonly number[]): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  let open = new Map(ranks.map((rank) => [rank, whole]));
  while (open.size > 0) {
    const searches = new Map([...new Set(open.values())].map((interval) => [interval.low, searchOf(interval)]));
    await scan((values) => {
      for (const search of searches.values()) search.take(values);
    });
    const left = new Map<number, Interval>();
    for (const [rank, interval] of open) {
      const outcome = (searches.get(interval.low) as Search).find(rank);
      if (typeof outcome === "number") found.set(rank, outcome);
      else left.set(rank, outcome);
    }
    // Ranks in one bin share their interval.
    const shared = new Map([...left.values()].map((interval) => [interval.low, interval]));
    open = new Map([...left].map(([rank, { low }]) => [rank, shared.get(low) as Interval]));
  }
  return found;
}

interface Search {
  take(values: Values): void;
  /** The value of that rank, or where to look for it. */
  find(rank: number): number | Interval;
}

function searchOf(interval: Interval): Search {
  if (interval.low === interval.high) return { take: () => undefined, find: () => interval.low };
  return interval.count <= mostSorted ? sorting(interval) : counting(interval);
}

function sorting({ low, high, below, count }: Interval): Search {
  const members = new Float64Array(count);
  let length = 0;
  let sorted = false;
  return {
    take: (values) => {
      for (let index = 0; index < values.length; index++) {
        const value = values[index] as number;
        if (value >= low && value <= high) members[length++] = value;
      }
    },
    find: (rank) => {
      if (!sorted) members.sort();
      sorted = true;
      return members[rank - below] as number;
    },
  };
}

function counting({ low, high, below }: Interval): Search {
  const counts = new Float64Array(bins);
  const lows = new Float64Array(bins).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(bins).fill(Number.NEGATIVE_INFINITY);
  // The distance of the bounds may be beyond float64; that of their halves is not.
  const scale = Number.isFinite(high - low) ? 1 : 0.5;
  const start = low * scale;
  const span = high * scale - start;
  return {
    take: (values) => {
      for (let index = 0; index < values.length; index++) {
        const value = values[index] as number;
        if (!(value >= low && value <= high)) continue;
        const bin = (((value * scale - start) / span) * (bins - 1)) | 0;
        (counts[bin] as number)++;
        if (value < (lows[bin] as number)) lows[bin] = value;
        if (value > (highs[bin] as number)) highs[bin] = value;
      }
    },
    find: (rank) => {
      let before = below;
      let bin = 0;
      while (before + (counts[bin] as number) <= rank) before += counts[bin++] as number;
      const found = {
        low: lows[bin] as number,
        high: highs[bin] as number,
        below: before,
        count: counts[bin] as number,
      };
      return found.low === found.high ? found.low : found;
    },
  };
}
