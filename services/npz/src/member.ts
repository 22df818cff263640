import { type Compressor, crc32 } from "@sluice/codec";

/** Bytes of one member on their way to be packed: at most as long as its blocks are. */
export interface RawBlock {
  readonly member: Member;
  readonly bytes: Uint8Array;
}

/** A block as it is written. */
export interface PackedBlock {
  readonly member: Member;
  readonly bytes: Uint8Array;
}

const smallestBuffer = 4096;

/**
 * The data of one array of the file on their way: gathered to blocks of one size, however they come, and counted. The
 * same data make the same blocks.
 */
export class Member {
  readonly key: string;
  /** Members of the same data, which take what is packed for this one. */
  readonly twins: Member[] = [];
  /** Undefined: blocks are written as they are. */
  readonly compressor: Compressor | undefined;
  packedBytes = 0;
  readonly #blockBytes: number;
  #original: Member | undefined;
  #rawBytes = 0;
  #crc = 0;
  #buffer = new Uint8Array(0);
  #filled = 0;

  constructor(key: string, compressor: Compressor | undefined, blockBytes: number) {
    this.key = key;
    this.compressor = compressor;
    this.#blockBytes = blockBytes;
  }

  /** Of the data, without the header of the array. */
  get rawBytes(): number {
    return this.#original?.rawBytes ?? this.#rawBytes;
  }

  get crc(): number {
    return this.#original?.crc ?? this.#crc;
  }

  /** A member of the same data by another name, for which nothing is to be packed again. */
  twin(key: string): Member {
    const twin = new Member(key, this.compressor, this.#blockBytes);
    twin.#original = this;
    this.twins.push(twin);
    return twin;
  }

  /** Takes the next bytes, which may change afterwards, and gives the blocks that they complete. */
  *take(bytes: Uint8Array): Generator<RawBlock> {
    for (let taken = 0; taken < bytes.length; ) {
      const part = bytes.subarray(taken, taken + this.#blockBytes - this.#filled);
      this.#hold(part);
      taken += part.length;
      if (this.#filled === this.#blockBytes) yield this.#block();
    }
  }

  /** The last block, if there are bytes left. */
  *rest(): Generator<RawBlock> {
    if (this.#filled > 0) yield this.#block();
  }

  /** Packs a block of this member. */
  async pack({ bytes }: RawBlock): Promise<PackedBlock> {
    const packed = this.compressor ? (await this.compressor.encode(bytes)).bytes : bytes;
    return { member: this, bytes: packed };
  }

  #hold(part: Uint8Array): void {
    const needed = this.#filled + part.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#blockBytes, Math.max(smallestBuffer, 2 * needed)));
      grown.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.#filled);
    this.#filled = needed;
  }

  #block(): RawBlock {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#crc = crc32(bytes, this.#crc);
    this.#rawBytes += bytes.length;
    this.#buffer = new Uint8Array(0);
    this.#filled = 0;
    return { member: this, bytes };
  }
}
