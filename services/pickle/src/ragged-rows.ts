import type { RaggedChunk } from "@sluice/proto";
import { type Spool, SpooledPart } from "@sluice/sink";
import { type Payload, whole } from "./payload.ts";

/** Short rows are read back together, up to this many bytes. */
const groupBytes = 1024 * 1024;

/** Rows of a ragged array on their way: their lengths are known when they have ended. Memory: 8 bytes for each row. */
export class RaggedRows {
  /** Elements of each row so far. */
  readonly lengths: number[] = [];
  readonly #itemBytes: number;
  readonly #values: SpooledPart;

  constructor(spool: Spool, itemBytes: number) {
    this.#itemBytes = itemBytes;
    this.#values = new SpooledPart(spool);
  }

  /** @param data elements of the chunk as they are to be written */
  async take(
    { rowLengths, elementOffset }: Pick<RaggedChunk, "rowLengths" | "elementOffset">,
    data: Uint8Array,
  ): Promise<void> {
    for (const [index, length] of rowLengths.entries()) {
      if (index === 0 && elementOffset > 0) this.lengths.push((this.lengths.pop() ?? 0) + length);
      else this.lengths.push(length);
    }
    await this.#values.append(data);
  }

  /** The rows in order. A payload can be read until the next one is asked for. */
  async *payloads(): AsyncGenerator<Payload> {
    let start = 0;
    for (let row = 0; row < this.lengths.length; ) {
      const { rows, bytes } = this.#group(row);
      const end = start + bytes;
      if (bytes > groupBytes) yield { length: bytes, pieces: rangeOf(this.#values, start, end) };
      else yield* this.#cut(row, rows, await whole(this.#values.pieces(start, end)));
      start = end;
      row += rows;
    }
  }

  /** As many rows as are read at once: at least one. */
  #group(first: number): { rows: number; bytes: number } {
    let rows = 0;
    let bytes = 0;
    for (; first + rows < this.lengths.length; rows++) {
      const own = (this.lengths[first + rows] as number) * this.#itemBytes;
      if (rows > 0 && bytes + own > groupBytes) break;
      bytes += own;
    }
    return { rows, bytes };
  }

  *#cut(first: number, rows: number, group: Uint8Array): Generator<Payload> {
    let start = 0;
    for (let row = first; row < first + rows; row++) {
      const bytes = group.subarray(start, start + (this.lengths[row] as number) * this.#itemBytes);
      start += bytes.length;
      yield { length: bytes.length, pieces: () => [bytes] };
    }
  }
}

function rangeOf(part: SpooledPart, start: number, end: number): Payload["pieces"] {
  return () => part.pieces(start, end);
}
