import { asBytes } from "@sluice/core";
import { type Spool, SpooledPart } from "@sluice/sink";

/** Bytes that wait in memory. */
const heldBytes = 2 ** 20;

/** Rows of numbers that wait for others: the last MiB in memory, the rest on disk. */
export class RowSpool {
  /** Of the rows that came. */
  readonly lengths: number[] = [];
  readonly #part: SpooledPart;

  constructor(spool: Spool) {
    this.#part = new SpooledPart(spool, heldBytes);
  }

  async append(row: Float64Array): Promise<void> {
    this.lengths.push(row.length);
    await this.#part.append(asBytes(row));
  }

  /** All rows in order. */
  async *rows(): AsyncGenerator<Float64Array> {
    let start = 0;
    for (const length of this.lengths) {
      const row = new Float64Array(length);
      const end = start + row.byteLength;
      let at = 0;
      for await (const piece of this.#part.pieces(start, end)) {
        asBytes(row).set(piece, at);
        at += piece.length;
      }
      start = end;
      yield row;
    }
  }
}
