import { SluiceError } from "@sluice/core";
import type { RaggedChunk } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import { Chronology } from "./order/chronology.ts";
import type { SpikeBlock } from "./order/spike-block.ts";
import { SpilledList } from "./order/spilled-list.ts";
import { amplitudesMismatch } from "./plan.ts";

/** Which units have how many of the values that come. */
type Rows = Pick<RaggedChunk, "firstRow" | "rowLengths">;

/**
 * Takes spikes unit by unit, and amplitudes that come before, between or after them, and gives both in order of time.
 * Memory: that of a `Chronology`; 8 bytes a unit; with amplitudes two lists of up to 2 MiB.
 */
export class Intake {
  /** Spikes of each unit. */
  readonly counts: number[] = [];
  readonly #chronology: Chronology;
  readonly #amplitudes: { readonly array: string; readonly counts: number[]; readonly list: SpilledList } | undefined;
  readonly #times: SpilledList;

  /** @param amplitudes name of their array, if there are some */
  constructor(spool: Spool, amplitudes: string | undefined) {
    this.#chronology = new Chronology(spool, amplitudes !== undefined);
    this.#times = new SpilledList(spool);
    this.#amplitudes =
      amplitudes === undefined ? undefined : { array: amplitudes, counts: [], list: new SpilledList(spool) };
  }

  /** Takes times of consecutive units, end to end, as the file has them. */
  async takeTimes(rows: Rows, values: Float64Array): Promise<void> {
    countIn(rows, this.counts);
    if (this.#amplitudes) return this.#times.append(values);
    let start = 0;
    for (const [index, length] of rows.rowLengths.entries()) {
      await this.#chronology.add(rows.firstRow + index, values.subarray(start, start + length));
      start += length;
    }
  }

  /** Takes amplitudes of consecutive units, end to end. */
  async takeAmplitudes(rows: Rows, values: Float64Array): Promise<void> {
    if (!this.#amplitudes) return;
    countIn(rows, this.#amplitudes.counts);
    await this.#amplitudes.list.append(values);
  }

  /** All spikes, once all have come. @throws SluiceError AMPLITUDES_MISMATCH */
  async *sorted(): AsyncGenerator<SpikeBlock> {
    await this.#pair();
    yield* this.#chronology.sorted();
  }

  async #pair(): Promise<void> {
    if (!this.#amplitudes) return;
    const { array, counts, list } = this.#amplitudes;
    for (let unit = 0; unit < Math.max(counts.length, this.counts.length); unit++) {
      const [got, wanted] = [counts[unit] ?? 0, this.counts[unit] ?? 0];
      if (got !== wanted) throw new SluiceError(amplitudesMismatch(array, `${got} for unit ${unit}`, `${wanted}`));
    }
    const [times, amplitudes] = [this.#times.reader(), list.reader()];
    for (const [unit, count] of this.counts.entries()) {
      for (let left = count; left > 0; ) {
        const values = await times.take(left);
        for (let start = 0; start < values.length; ) {
          const part = await amplitudes.take(values.length - start);
          await this.#chronology.add(unit, values.subarray(start, start + part.length), part);
          start += part.length;
        }
        left -= values.length;
      }
    }
  }
}

function countIn({ firstRow, rowLengths }: Rows, counts: number[]): void {
  for (const [index, length] of rowLengths.entries()) {
    counts[firstRow + index] = (counts[firstRow + index] ?? 0) + length;
  }
}
