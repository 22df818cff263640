/** Reads little-endian structures from front to back; beyond the end is an error. */
export class ByteReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  uint64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true);
    expect(value <= Number.MAX_SAFE_INTEGER, `${value} at ${this.at - 8} is no count or address`);
    return Number(value);
  }

  /** undefined for the undefined address. */
  address(): number | undefined {
    const value = this.#view.getBigUint64(this.at, true);
    if (value !== 0xffff_ffff_ffff_ffffn) return this.uint64();
    this.at += 8;
    return undefined;
  }

  bytes(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  ascii(count: number): string {
    return Buffer.from(this.bytes(count)).toString("latin1");
  }

  /** Bytes up to a NUL, which is passed. */
  terminated(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.at);
    expect(end >= 0, `no NUL after ${this.at}`);
    const bytes = this.bytes(end - this.at);
    this.at += 1;
    return bytes;
  }

  zeros(count: number): void {
    const at = this.at;
    expect(
      this.bytes(count).every((byte) => byte === 0),
      `not ${count} zeros at ${at}`,
    );
  }

  #advance(count: number): number {
    const start = this.at;
    this.at += count;
    expect(this.at <= this.#bytes.length, `the end is at ${this.#bytes.length}, but ${this.at} is read`);
    return start;
  }
}

/** Throws what is wrong with the file. */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Error(`HDF5 structure: ${otherwise}.`);
}
