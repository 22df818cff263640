/** Clusters up to here are looked up in a list, others in a map. */
const listedClusters = 2 ** 16;

/**
 * Which templates the spikes of each cluster have. Until somebody merges clusters, all spikes of one have one template:
 * those in a row are counted in a list, and go to a map when another comes. Memory: 1 MiB, an entry for each pair.
 */
export class TemplateTally {
  readonly #counts = new Map<number, Map<number, number>>();
  /** The last template of each cluster, and how many spikes of the cluster had it in a row. */
  readonly #last = new Float64Array(listedClusters);
  readonly #row = new Float64Array(listedClusters);

  take(clusters: Float64Array, templates: Float64Array): void {
    const [last, row] = [this.#last, this.#row];
    for (let index = 0; index < clusters.length; index++) {
      const [cluster, template] = [clusters[index] as number, templates[index] as number];
      if (cluster >>> 0 !== cluster || cluster >= listedClusters) this.#add(cluster, template, 1);
      else if (last[cluster] === template) row[cluster]!++;
      else {
        this.#add(cluster, last[cluster] as number, row[cluster] as number);
        last[cluster] = template;
        row[cluster] = 1;
      }
    }
  }

  /** The template that most spikes of each cluster have; of equal ones the least. */
  mostFrequent(): ReadonlyMap<number, number> {
    for (const [cluster, count] of this.#row.entries()) this.#add(cluster, this.#last[cluster] as number, count);
    this.#row.fill(0);
    return new Map(Array.from(this.#counts, ([cluster, seen]) => [cluster, mostFrequent(seen)]));
  }

  #add(cluster: number, template: number, count: number): void {
    if (count === 0) return;
    let seen = this.#counts.get(cluster);
    if (!seen) this.#counts.set(cluster, (seen = new Map()));
    seen.set(template, (seen.get(template) ?? 0) + count);
  }
}

function mostFrequent(seen: ReadonlyMap<number, number>): number {
  let [best, most] = [Number.POSITIVE_INFINITY, 0];
  for (const [template, count] of seen) {
    if (count > most || (count === most && template < best)) [best, most] = [template, count];
  }
  return best;
}
