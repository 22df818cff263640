import { damaged } from "./fault.ts";

/** Takes exact numbers of bytes out of pieces of any length. */
export class ByteReader {
  readonly #field: string;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece = new Uint8Array(0);
  #taken = 0;

  /** @param field what problems are named under */
  constructor(field: string, pieces: AsyncIterable<Uint8Array>) {
    this.#field = field;
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next bytes, in memory that is not used again. FILE_DAMAGED when there are fewer. */
  async take(length: number): Promise<Uint8Array> {
    if (this.#piece.length - this.#taken >= length) {
      this.#taken += length;
      return this.#piece.subarray(this.#taken - length, this.#taken);
    }
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      if (this.#taken === this.#piece.length) await this.#next(filled, length);
      const part = this.#piece.subarray(this.#taken, this.#taken + length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#taken += part.length;
    }
    return bytes;
  }

  /** Reads on to the end, where there must be nothing left: the source can then say that all was right. */
  async end(): Promise<void> {
    let left = this.#piece.length - this.#taken;
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) left += next.value.length;
    if (left > 0) throw damaged(this.#field, `${left} bytes more than the array has`);
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #next(filled: number, length: number): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done) throw damaged(this.#field, `${filled} of ${length} bytes`);
    this.#piece = next.value as Uint8Array<ArrayBuffer>;
    this.#taken = 0;
  }
}
