import { malformed } from "./malformed.ts";

/** Protobuf wire types (protobuf.dev, "Encoding"). */
export const WireType = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

/** Walks the fields of one message inside a buffer. Never reads outside of its range; a fault is FRAME_MALFORMED. */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** The next field's tag: number << 3 | wire type. 0 at the end. */
  tag(): number {
    if (this.position >= this.end) return 0;
    const tag = this.varint();
    if (tag < 8 || tag > 0xffff_ffff) throw malformed(`field tag ${tag}`);
    return tag;
  }

  /** An unsigned integer up to 2^53 - 1. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count += 1) {
      if (this.position >= this.end) throw malformed("a number cut short");
      const byte = this.bytes[this.position]!;
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw malformed("a number above 2^53 - 1");
        return value;
      }
      factor *= 128;
    }
    throw malformed("a number of more than ten bytes");
  }

  fixed32(): number {
    const start = this.#advance(4);
    const { bytes } = this;
    return (bytes[start]! | (bytes[start + 1]! << 8) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 24)) >>> 0;
  }

  /** Enters a length-delimited field: its range, behind which this reader goes on. */
  enter(): WireReader {
    const length = this.varint();
    const start = this.#advance(length);
    return new WireReader(this.bytes, start, start + length);
  }

  /** Steps over a field that is not known. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.VARINT:
        this.#skipVarint();
        return;
      case WireType.FIXED64:
        this.#advance(8);
        return;
      case WireType.BYTES:
        this.#advance(this.varint());
        return;
      case WireType.FIXED32:
        this.#advance(4);
        return;
      default:
        throw malformed(`wire type ${tag & 7}`);
    }
  }

  /** A view of this reader's range. */
  view(): Uint8Array {
    return this.bytes.subarray(this.position, this.end);
  }

  #skipVarint(): void {
    for (let count = 0; count < 10; count += 1) {
      const start = this.#advance(1);
      if (this.bytes[start]! < 0x80) return;
    }
    throw malformed("a number of more than ten bytes");
  }

  #advance(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw malformed(`a field of ${length} bytes where ${this.end - start} are left`);
    this.position = start + length;
    return start;
  }
}
