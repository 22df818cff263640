import type { Spool } from "@sluice/sink";
import { RunHeap } from "./run-heap.ts";
import { sortByTime } from "./sort-by-time.ts";
import { RunReader, type SortedRun, storeRun } from "./sorted-run.ts";
import { emptyBlock, part, type SpikeBlock, spikesPerBlock } from "./spike-block.ts";

/** Spikes that are sorted in memory. */
export const defaultSpikesInMemory = 2 ** 20;
/** Spikes in memory of all runs together while they are merged, and of one at least. */
const spikesWhileMerging = 2 ** 20;
const leastSpikesOfRun = 1024;

/**
 * Puts spikes that come unit by unit in order of time; spikes at the same time stay in the order in which they came.
 *
 * Up to 2^20 spikes are sorted in memory (at most 60 MiB). More are sorted piece by piece, put aside on disk (12 bytes a
 * spike, 20 with amplitudes) and merged, in the same memory up to 10^9 spikes.
 */
export class Chronology {
  readonly #spool: Spool;
  readonly #withAmplitudes: boolean;
  readonly #most: number;
  readonly #runs: SortedRun[] = [];
  #held: SpikeBlock;
  #filled = 0;

  /** @param spikesInMemory for tests */
  constructor(spool: Spool, withAmplitudes: boolean, spikesInMemory = defaultSpikesInMemory) {
    this.#spool = spool;
    this.#withAmplitudes = withAmplitudes;
    this.#most = spikesInMemory;
    this.#held = emptyBlock(Math.min(spikesInMemory, 4096), withAmplitudes);
  }

  /** Takes spikes of a unit. */
  async add(unit: number, values: Float64Array, amplitudes?: Float64Array): Promise<void> {
    for (let taken = 0; taken < values.length; ) {
      const count = Math.min(values.length - taken, this.#most - this.#filled);
      this.#reserve(this.#filled + count);
      this.#held.values.set(values.subarray(taken, taken + count), this.#filled);
      this.#held.units.fill(unit, this.#filled, this.#filled + count);
      if (amplitudes) this.#held.amplitudes?.set(amplitudes.subarray(taken, taken + count), this.#filled);
      this.#filled += count;
      taken += count;
      if (this.#filled === this.#most) await this.#store();
    }
  }

  /** All spikes in order of time. A block is not changed afterwards. */
  async *sorted(): AsyncGenerator<SpikeBlock> {
    if (this.#runs.length === 0) yield* piecesOf(this.#sortHeld());
    else {
      if (this.#filled > 0) await this.#store();
      yield* this.#merge();
    }
  }

  async *#merge(): AsyncGenerator<SpikeBlock> {
    const spikes = Math.max(leastSpikesOfRun, Math.floor(spikesWhileMerging / this.#runs.length));
    const readers = this.#runs.map((run) => new RunReader(this.#spool, run, this.#withAmplitudes, spikes));
    for (const reader of readers) await reader.refill();
    const heap = new RunHeap(readers);
    let block = emptyBlock(spikesPerBlock, this.#withAmplitudes);
    let length = 0;
    for (let top = heap.top; top; top = heap.top) {
      const { values, units, amplitudes } = top.block;
      block.values[length] = values[top.at] as number;
      block.units[length] = units[top.at] as number;
      if (amplitudes && block.amplitudes) block.amplitudes[length] = amplitudes[top.at] as number;
      length++;
      top.at++;
      if (top.at < values.length || (await top.refill())) heap.advanced();
      else heap.drop();
      if (length === spikesPerBlock) {
        yield block;
        block = emptyBlock(spikesPerBlock, this.#withAmplitudes);
        length = 0;
      }
    }
    if (length > 0) yield part(block, 0, length);
  }

  async #store(): Promise<void> {
    this.#runs.push(await storeRun(this.#spool, this.#sortHeld()));
    this.#filled = 0;
  }

  #sortHeld(): SpikeBlock {
    const block = part(this.#held, 0, this.#filled);
    sortByTime(block);
    return block;
  }

  #reserve(length: number): void {
    if (length <= this.#held.values.length) return;
    const grown = emptyBlock(
      Math.min(this.#most, Math.max(length, 4 * this.#held.values.length)),
      this.#withAmplitudes,
    );
    grown.values.set(this.#held.values);
    grown.units.set(this.#held.units);
    if (this.#held.amplitudes) grown.amplitudes?.set(this.#held.amplitudes);
    this.#held = grown;
  }
}

function* piecesOf(block: SpikeBlock): Generator<SpikeBlock> {
  for (let start = 0; start < block.values.length; start += spikesPerBlock) {
    yield part(block, start, Math.min(block.values.length, start + spikesPerBlock));
  }
}
