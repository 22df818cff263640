import { asElements, Code, SluiceError } from "@sluice/core";
import { codePoints, writeUcs4 } from "@sluice/npy";
import type { ColumnBuffer } from "@sluice/proto";
import type { Spool } from "@sluice/sink";

/** Texts of a batch in the spool: ends of the rows, then their UTF-8 bytes. */
interface Batch {
  readonly rows: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Most that texts may take when all are as long as the longest: as much as gaps may be filled with. */
const mostBytes = 16 * 2 ** 30;
const pieceBytes = 1024 * 1024;

/**
 * Texts of a column that wait until the longest is known: an array of NumPy has one length for all of them, in UCS-4.
 * Memory: one batch, and a few numbers for each.
 */
export class TextColumn {
  /** Code points of the longest text. */
  longest = 0;
  /** Texts that end in NUL, which NumPy takes for padding. */
  endingInNul = 0;
  readonly #field: string;
  readonly #spool: Spool;
  readonly #batches: Batch[] = [];
  #rows = 0;

  /** @param field what problems are named under */
  constructor(field: string, spool: Spool) {
    this.#field = field;
    this.#spool = spool;
  }

  async take({ offsets, data }: ColumnBuffer, rows: number): Promise<void> {
    for (const text of textsOf(offsets, data, rows)) {
      this.longest = Math.max(this.longest, codePoints(text));
      if (text.endsWith("\0")) this.endingInNul += 1;
    }
    this.#rows += rows;
    const bytes = Buffer.concat([offsets, data]);
    this.#batches.push({ rows, offset: await this.#spool.append(bytes), bytes: bytes.length });
    if (this.#width * this.#rows > mostBytes) throw this.#tooWide();
  }

  /** The data of the array: every text as long as the longest, padded with NUL. */
  async *ucs4(): AsyncGenerator<Uint8Array> {
    const width = this.#width;
    const rowsAtOnce = Math.max(1, Math.floor(pieceBytes / width));
    for (const { rows, offset, bytes } of this.#batches) {
      const buffer = await this.#spool.read(offset, bytes);
      const ends = 4 * (rows + 1);
      const texts = [...textsOf(buffer.subarray(0, ends), buffer.subarray(ends), rows)];
      for (let first = 0; first < rows; first += rowsAtOnce) {
        const some = texts.slice(first, first + rowsAtOnce);
        const piece = new Uint8Array(width * some.length);
        const view = new DataView(piece.buffer);
        for (const [row, text] of some.entries()) writeUcs4(text, view, row * width);
        yield piece;
      }
    }
  }

  get #width(): number {
    return 4 * Math.max(1, this.longest);
  }

  #tooWide(): SluiceError {
    return new SluiceError({
      reason: "TEXTS_TOO_LONG",
      message: "An array of NumPy gives every text the length of the longest; that would take too much room.",
      field: this.#field,
      got: `${this.#rows} texts of up to ${this.longest} characters`,
      allowed: [`up to ${mostBytes} bytes, at four for each character`],
      remedy: "Shorten the longest texts, or export the table to another format.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
    });
  }
}

function* textsOf(offsets: Uint8Array, data: Uint8Array, rows: number): Generator<string> {
  const ends = asElements("int32", offsets);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  for (let row = 0; row < rows; row++) yield bytes.toString("utf8", ends[row], ends[row + 1]);
}
