/** Little-endian structures of the file, built from front to back in a buffer that grows. */
export class ByteWriter {
  // Not zero at first, and from a pool when it is small: a file has a structure for each attribute.
  #buffer: Buffer;
  #length = 0;

  /** @param capacity bytes to expect; more are taken too */
  constructor(capacity = 64) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  uint8(...values: readonly number[]): this {
    let at = this.#advance(values.length);
    for (const value of values) this.#buffer[at++] = value;
    return this;
  }

  uint16(...values: readonly number[]): this {
    let at = this.#advance(2 * values.length);
    for (const value of values) at = this.#buffer.writeUInt16LE(value, at);
    return this;
  }

  uint32(...values: readonly number[]): this {
    let at = this.#advance(4 * values.length);
    for (const value of values) at = this.#buffer.writeUInt32LE(value, at);
    return this;
  }

  /** Counts and addresses of at most 2^53 - 1. */
  uint64(...values: readonly number[]): this {
    for (const value of values) this.uint32(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }

  /** An address in the file; undefined becomes the "undefined address", all bits set. */
  address(value: number | undefined): this {
    return value === undefined ? this.uint32(0xffff_ffff, 0xffff_ffff) : this.uint64(value);
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#advance(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** Characters of ASCII. */
  ascii(text: string): this {
    const at = this.#advance(text.length);
    this.#buffer.write(text, at, "latin1");
    return this;
  }

  zeros(count: number): this {
    if (count === 0) return this;
    const at = this.#advance(count);
    this.#buffer.fill(0, at, at + count);
    return this;
  }

  /** Zeros up to the next multiple of eight. */
  align(): this {
    return this.zeros(align8(this.#length) - this.#length);
  }

  /** What was written; a view, to be taken once nothing more is to come. */
  finish(): Uint8Array {
    return this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length);
  }

  /** Room for `count` more bytes, which are all to be written; returns where they begin. */
  #advance(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#length));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
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
