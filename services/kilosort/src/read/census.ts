import { IdTally } from "./id-tally.ts";
import type { SpikeLists } from "./spike-lists.ts";
import { TemplateTally } from "./template-tally.ts";

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
  const [tally, pairs] = [new IdTally(), new TemplateTally()];
  let latest = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < lists.count; start += spikesPerRead) {
    signal?.throwIfAborted();
    const count = Math.min(spikesPerRead, lists.count - start);
    const clusters = await lists.clusters.readNumbers(start, count);
    tally.take(clusters);
    latest = Math.max(latest, greatest(await lists.times.readNumbers(start, count)));
    const templates = await lists.templates?.readNumbers(start, count);
    if (templates) pairs.take(clusters, templates);
  }
  return { counts: tally.counts(), templateOf: pairs.mostFrequent(), latest };
}

/** NaN is no number to compare with. */
function greatest(times: Float64Array): number {
  let found = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < times.length; index++)
    if ((times[index] as number) > found) found = times[index] as number;
  return found;
}
