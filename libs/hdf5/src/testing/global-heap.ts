import { ByteReader, expect } from "./byte-reader.ts";
import type { Extents } from "./extents.ts";

/** The heap collections of a file, read when something points to them. */
export class HeapCollections {
  readonly #collections = new Map<number, ReadonlyMap<number, Uint8Array>>();
  readonly #file: Uint8Array;
  readonly #extents: Extents;

  constructor(file: Uint8Array, extents: Extents) {
    this.#file = file;
    this.#extents = extents;
  }

  /** The text that 16 bytes of an element point to; undefined where the element was never written. */
  text(element: ByteReader): string | undefined {
    const [length, address, index] = [element.uint32(), element.uint64(), element.uint32()];
    if (length === 0 && address === 0 && index === 0) return undefined;
    const bytes = this.#collection(address).get(index);
    expect(bytes !== undefined, `no object ${index} in the heap collection at ${address}`);
    expect(bytes.length === length, `a text of ${length} bytes in an object of ${bytes.length}`);
    return Buffer.from(bytes).toString("utf8");
  }

  #collection(address: number): ReadonlyMap<number, Uint8Array> {
    const known = this.#collections.get(address);
    if (known) return known;
    const reader = new ByteReader(this.#file, address);
    expect(reader.ascii(4) === "GCOL" && reader.uint32() === 1, `no heap collection at ${address}`);
    const bytes = reader.uint64();
    const end = address + bytes;
    expect(bytes >= 4096 && bytes % 8 === 0 && address % 8 === 0, `a heap collection of ${bytes} bytes at ${address}`);
    const objects = readObjects(reader, end);
    this.#extents.claim(address, bytes, "a heap collection");
    this.#collections.set(address, objects);
    return objects;
  }
}

function readObjects(reader: ByteReader, end: number): Map<number, Uint8Array> {
  const objects = new Map<number, Uint8Array>();
  while (end - reader.at >= 16) {
    const start = reader.at;
    const index = reader.uint16();
    reader.zeros(6);
    const length = reader.uint64();
    if (index === 0) {
      // Without the length of the free space readers never come to an end.
      expect(length === end - start, `free space of ${length} bytes where ${end - start} are left`);
      reader.at = end;
      break;
    }
    expect(!objects.has(index), `object ${index} twice in a heap collection`);
    objects.set(index, reader.bytes(length));
    reader.zeros((8 - (length % 8)) % 8);
  }
  reader.zeros(end - reader.at);
  return objects;
}
