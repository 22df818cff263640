/** Little-endian structures of the file, built from front to back in a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes to expect; more are taken too */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  uint8(...values: readonly number[]): this {
    const at = this.#advance(values.length);
    for (const [index, value] of values.entries()) this.#bytes[at + index] = value;
    return this;
  }

  uint16(...values: readonly number[]): this {
    const at = this.#advance(2 * values.length);
    for (const [index, value] of values.entries()) this.#view.setUint16(at + 2 * index, value, true);
    return this;
  }

  uint32(...values: readonly number[]): this {
    const at = this.#advance(4 * values.length);
    for (const [index, value] of values.entries()) this.#view.setUint32(at + 4 * index, value, true);
    return this;
  }

  uint64(...values: readonly number[]): this {
    const at = this.#advance(8 * values.length);
    for (const [index, value] of values.entries()) setUint64(this.#view, at + 8 * index, value);
    return this;
  }

  /** An address in the file; undefined becomes the "undefined address", all bits set. */
  address(value: number | undefined): this {
    return value === undefined ? this.uint32(0xffff_ffff, 0xffff_ffff) : this.uint64(value);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Characters of ASCII. */
  ascii(text: string): this {
    return this.uint8(...Buffer.from(text, "latin1"));
  }

  zeros(count: number): this {
    this.#advance(count);
    return this;
  }

  /** Zeros up to the next multiple of eight. */
  align(): this {
    return this.zeros(align8(this.#length) - this.#length);
  }

  /** What was written; a view, to be taken once nothing more is to come. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Room for `count` more bytes, which are zero; returns where they begin. */
  #advance(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Writes a count or an address of at most 2^53 - 1 as 64 bits, little endian. */
export function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

/** The smallest multiple of eight that is not below. */
export function align8(value: number): number {
  return Math.ceil(value / 8) * 8;
}
