import { asBytes } from "@sluice/core";
import type { Spool } from "@sluice/sink";

const valuesInMemory = 2 ** 17;

/** A list of numbers that is appended to and then read once: short ones in memory, long ones on disk. */
export class SpilledList {
  readonly #spool: Spool;
  /** Full pieces, where the spool has them. */
  readonly #offsets: number[] = [];
  #held = new Float64Array(1024);
  #filled = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  async append(values: Float64Array): Promise<void> {
    for (let taken = 0; taken < values.length; ) {
      const part = values.subarray(taken, taken + valuesInMemory - this.#filled);
      this.#reserve(this.#filled + part.length);
      this.#held.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled < valuesInMemory) continue;
      this.#offsets.push(await this.#spool.append(asBytes(this.#held)));
      this.#filled = 0;
    }
  }

  /** Reads from the beginning; nothing may be appended any more. */
  reader(): { take(most: number): Promise<Float64Array> } {
    let next = 0;
    let piece = new Float64Array(0);
    let at = 0;
    const refill = async () => {
      const offset = this.#offsets[next++];
      if (offset === undefined) return this.#held.subarray(0, this.#filled);
      const values = new Float64Array(valuesInMemory);
      await this.#spool.readInto(offset, asBytes(values));
      return values;
    };
    return {
      /** The next values, one at least and at most so many; they stay as they are. */
      take: async (most) => {
        if (at === piece.length) [piece, at] = [await refill(), 0];
        const part = piece.subarray(at, at + most);
        at += part.length;
        return part;
      },
    };
  }

  #reserve(length: number): void {
    if (length <= this.#held.length) return;
    const grown = new Float64Array(Math.min(valuesInMemory, Math.max(length, 2 * this.#held.length)));
    grown.set(this.#held.subarray(0, this.#filled));
    this.#held = grown;
  }
}
