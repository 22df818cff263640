import { align8, ByteWriter, setUint64 } from "./byte-writer.ts";

/** Where a text is in the global heap; the number of its collection becomes an address when that is written. */
export interface HeapPlace {
  /** Counted from 1. */
  readonly collection: number;
  readonly index: number;
}

const prefixBytes = 16;
const objectPrefixBytes = 16;
/** The library makes no smaller collections. */
const smallestBytes = 4096;
/** A collection takes objects up to here; with 16 bytes or more for each it never comes near 65535 of them. */
const targetBytes = 64 * 1024;

/**
 * The global heap (spec III.E): texts of any length in collections. Texts gather in memory until `seal`.
 *
 * Equal texts are kept apart: a program that overwrites an element frees what it pointed to.
 */
export class GlobalHeap {
  readonly #addresses: number[] = [];
  #sealed = 0;
  #collections: Collection[] = [];

  /** Bytes of the texts that wait for `seal`. */
  get waitingBytes(): number {
    return this.#collections.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Keeps a copy of the bytes. Empty ones have a place, too: a reader would take none for NULL. */
  put(bytes: Uint8Array): HeapPlace {
    const needed = objectPrefixBytes + align8(bytes.length);
    let open = this.#collections.at(-1);
    if (!open || open.bytes + needed > targetBytes) {
      open = new Collection(this.#sealed + this.#collections.length + 1, needed);
      this.#collections.push(open);
    }
    return { collection: open.number, index: open.put(bytes) };
  }

  /** Ends the collections, which are to be appended to the file one after another, and to be `placed` in that order. */
  seal(): Uint8Array[] {
    const sealed = this.#collections.map((collection) => collection.finish());
    this.#sealed += sealed.length;
    this.#collections = [];
    return sealed;
  }

  /** The first sealed collection without an address stands here. */
  placed(address: number): void {
    this.#addresses.push(address);
  }

  addressOf(collection: number): number {
    return this.#addresses[collection - 1] as number;
  }
}

class Collection {
  readonly number: number;
  readonly #writer: ByteWriter;
  #objects = 0;

  constructor(number: number, expectedBytes: number) {
    this.number = number;
    this.#writer = new ByteWriter(Math.max(smallestBytes, prefixBytes + expectedBytes));
    this.#writer.ascii("GCOL").uint32(1).uint64(0);
  }

  get bytes(): number {
    return this.#writer.length;
  }

  put(bytes: Uint8Array): number {
    this.#objects += 1;
    this.#writer.uint16(this.#objects, 0).uint32(0).uint64(bytes.length).bytes(bytes).align();
    return this.#objects;
  }

  finish(): Uint8Array {
    const free = smallestBytes - this.#writer.length;
    if (free > 0) {
      // Object 0 is the free space. A tail of 16 bytes or more without it makes readers loop for ever.
      if (free >= objectPrefixBytes) this.#writer.uint64(0, free);
      this.#writer.zeros(smallestBytes - this.#writer.length);
    }
    const bytes = this.#writer.finish();
    setUint64(new DataView(bytes.buffer, bytes.byteOffset), 8, bytes.length);
    return bytes;
  }
}
