/** Ids up to here are counted in a list, others in a map. */
const greatestListed = 2 ** 20;

/** How often ids occur. Memory: 8 bytes for each number up to the greatest of the list; an entry of the map for others. */
export class IdTally {
  #listed: Float64Array = new Float64Array(1024);
  readonly #others = new Map<number, number>();

  take(ids: Float64Array): void {
    let listed = this.#listed;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index] as number;
      if (id >>> 0 === id && id < listed.length) listed[id]!++;
      else listed = this.#takeOther(id);
    }
  }

  /** Every id that occurred, and how often. */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map(this.#others);
    for (const [id, count] of this.#listed.entries()) if (count > 0) counts.set(id, count);
    return counts;
  }

  #takeOther(id: number): Float64Array {
    if (id >>> 0 === id && id < greatestListed) {
      const larger = new Float64Array(Math.min(greatestListed, 2 * Math.max(id, this.#listed.length)));
      larger.set(this.#listed);
      larger[id] = 1;
      this.#listed = larger;
    } else this.#others.set(id, (this.#others.get(id) ?? 0) + 1);
    return this.#listed;
  }
}
