import { asBytes } from "@sluice/core";
import type { Spool } from "@sluice/sink";
import { emptyBlock, part, type SpikeBlock } from "./spike-block.ts";

/** Sorted spikes in the spool. */
export interface SortedRun {
  readonly length: number;
  readonly offsets: readonly number[];
}

/** Puts sorted spikes aside. */
export async function storeRun(spool: Spool, block: SpikeBlock): Promise<SortedRun> {
  const offsets: number[] = [];
  for (const list of listsOf(block)) offsets.push(await spool.append(asBytes(list)));
  return { length: block.values.length, offsets };
}

/** Reads a run from front to back, a few spikes at a time. */
export class RunReader {
  /** Spikes that are in memory. */
  block: SpikeBlock;
  /** The spike of the block that comes next. */
  at = 0;
  readonly #spool: Spool;
  readonly #run: SortedRun;
  readonly #memory: SpikeBlock;
  #read = 0;

  /** @param spikes held in memory */
  constructor(spool: Spool, run: SortedRun, withAmplitudes: boolean, spikes: number) {
    this.#spool = spool;
    this.#run = run;
    this.#memory = emptyBlock(Math.min(spikes, run.length), withAmplitudes);
    this.block = part(this.#memory, 0, 0);
  }

  /** Reads on once the block is used up; false at the end of the run. */
  async refill(): Promise<boolean> {
    const length = Math.min(this.#memory.values.length, this.#run.length - this.#read);
    if (length === 0) return false;
    this.block = part(this.#memory, 0, length);
    for (const [index, list] of listsOf(this.block).entries()) {
      const offset = (this.#run.offsets[index] as number) + this.#read * list.BYTES_PER_ELEMENT;
      await this.#spool.readInto(offset, asBytes(list));
    }
    this.#read += length;
    this.at = 0;
    return true;
  }
}

function listsOf({ values, units, amplitudes }: SpikeBlock): readonly (Float64Array | Uint32Array)[] {
  return amplitudes ? [values, units, amplitudes] : [values, units];
}
