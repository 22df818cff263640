import { lookup3 } from "./lookup3.ts";
import { StorageError } from "./stored-file.ts";

/** Reads little-endian structures from front to back; beyond the end is a StorageError. */
export class StructureReader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  /** A count of 1 to 8 bytes. */
  count(bytes = 8): number {
    const at = this.#advance(bytes);
    const low = this.#bytes.readUIntLE(at, Math.min(bytes, 4));
    const high = bytes > 4 ? this.#bytes.readUIntLE(at + 4, bytes - 4) : 0;
    const value = high * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) throw new StorageError(`${value} is no count`);
    return value;
  }

  /** undefined for the undefined address. */
  address(): number | undefined {
    if (this.left >= 8 && this.#bytes.readBigUInt64LE(this.at) === 0xffff_ffff_ffff_ffffn) {
      this.at += 8;
      return undefined;
    }
    return this.count();
  }

  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Bytes up to a NUL, which is passed. */
  terminated(): Buffer {
    const end = this.#bytes.indexOf(0, this.at);
    if (end < 0) throw new StorageError("a name without its end");
    const bytes = this.bytes(end - this.at);
    this.at += 1;
    return bytes;
  }

  /** Passes letters that must be there, or is a StorageError. */
  letters(expected: string): void {
    const found = this.bytes(expected.length).toString("latin1");
    if (found !== expected) throw new StorageError(`no ${expected} where one should be`);
  }

  /** Passes a version that must be one of those, and gives it. */
  version(what: string, ...known: number[]): number {
    const version = this.uint8();
    if (known.includes(version)) return version;
    throw new StorageError(`${what} of version ${version}`);
  }

  /** Passes bytes that must be zero. */
  zeros(length: number, what: string): void {
    this.expect(!this.bytes(length).some((byte) => byte !== 0), what);
  }

  /** Passes the checksum of all bytes before it, which must be right. */
  checksum(): void {
    const expected = lookup3(this.#bytes.subarray(0, this.at));
    this.expect(this.uint32() === expected, "a checksum that is not that of its structure");
  }

  /** A StorageError that names what is not understood, unless the condition holds. */
  expect(condition: boolean, what: string): void {
    if (!condition) throw this.error(what);
  }

  error(what: string): StorageError {
    return new StorageError(`not understood: ${what}`);
  }

  #advance(length: number): number {
    if (length > this.left) throw new StorageError("a structure that is cut");
    const start = this.at;
    this.at += length;
    return start;
  }
}
