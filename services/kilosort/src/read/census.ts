import { IdTally } from "./id-tally.ts";
import type { SpikeLists } from "./spike-lists.ts";

/** What one pass over the spikes tells. */
export interface Census {
  /** Spikes of each cluster. */
  readonly counts: ReadonlyMap<number, number>;
  /** The template that most spikes of a cluster have; of equal ones the least. */
  readonly templateOf: ReadonlyMap<number, number>;
  /** The latest time, as it stands in the file. */
  readonly latest: number;
}

const spikesPerRead = 2 ** 17;

/** Counts spikes and finds the templates of the clusters. Memory: a block of each list, some numbers a cluster. */
export async function census(lists: SpikeLists, signal?: AbortSignal): Promise<Census> {
  const tallies = new Map<number, Map<number, number>>();
  const tally = new IdTally();
  let latest = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < lists.count; start += spikesPerRead) {
    signal?.throwIfAborted();
    const count = Math.min(spikesPerRead, lists.count - start);
    const clusters = await lists.clusters.readNumbers(start, count);
    tally.take(clusters);
    latest = Math.max(latest, greatest(await lists.times.readNumbers(start, count)));
    const templates = await lists.templates?.readNumbers(start, count);
    if (templates) takePairs(tallies, clusters, templates);
  }
  const templateOf = new Map([...tallies].map(([cluster, seen]) => [cluster, mostFrequent(seen)]));
  return { counts: tally.counts(), templateOf, latest };
}

/** NaN is no number to compare with. */
function greatest(times: Float64Array): number {
  let found = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < times.length; index++)
    if ((times[index] as number) > found) found = times[index] as number;
  return found;
}

function takePairs(tallies: Map<number, Map<number, number>>, clusters: Float64Array, templates: Float64Array): void {
  for (const [index, cluster] of clusters.entries()) {
    let seen = tallies.get(cluster);
    if (!seen) tallies.set(cluster, (seen = new Map()));
    const template = templates[index] as number;
    seen.set(template, (seen.get(template) ?? 0) + 1);
  }
}

function mostFrequent(seen: ReadonlyMap<number, number>): number {
  let [best, most] = [Number.POSITIVE_INFINITY, 0];
  for (const [template, count] of seen) {
    if (count > most || (count === most && template < best)) [best, most] = [template, count];
  }
  return best;
}
