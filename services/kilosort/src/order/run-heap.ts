import type { RunReader } from "./sorted-run.ts";

/** Runs by their next spike: the earliest is on top, of equal ones that of the earlier run. */
export class RunHeap {
  readonly #runs: { readonly reader: RunReader; readonly rank: number }[];

  /** @param readers that have a next spike, in the order in which their runs were stored */
  constructor(readers: readonly RunReader[]) {
    this.#runs = readers.map((reader, rank) => ({ reader, rank }));
    for (let index = this.#runs.length >> 1; index-- > 0; ) this.#sink(index);
  }

  /** The run of the next spike, as long as there is one. */
  get top(): RunReader | undefined {
    return this.#runs[0]?.reader;
  }

  /** The run on top has gone on to another spike. */
  advanced(): void {
    this.#sink(0);
  }

  /** The run on top has ended. */
  drop(): void {
    const last = this.#runs.pop();
    if (!last || this.#runs.length === 0) return;
    this.#runs[0] = last;
    this.#sink(0);
  }

  #sink(start: number): void {
    for (let index = start; ; ) {
      const left = 2 * index + 1;
      if (left >= this.#runs.length) return;
      const child = left + 1 < this.#runs.length && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, index)) return;
      [this.#runs[index], this.#runs[child]] = [this.#runs[child]!, this.#runs[index]!];
      index = child;
    }
  }

  #before(a: number, b: number): boolean {
    const [first, second] = [this.#runs[a]!, this.#runs[b]!];
    const difference =
      (first.reader.block.values[first.reader.at] as number) - (second.reader.block.values[second.reader.at] as number);
    return difference < 0 || (difference === 0 && first.rank < second.rank);
  }
}
