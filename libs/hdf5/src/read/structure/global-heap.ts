import type { Pages } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

type Collection = ReadonlyMap<number, Buffer>;

/** Collections are kept up to so many bytes; what points into them does so mostly in order. */
const keptBytes = 16 * 1024 * 1024;
const smallestBytes = 4096;

/** Heap collections, in which text and sequences are (spec III.E). */
export class GlobalHeap {
  readonly #file: Pages;
  readonly #kept = new Map<number, { readonly objects: Collection; readonly bytes: number }>();
  #bytes = 0;

  constructor(file: Pages) {
    this.#file = file;
  }

  /** An object; a StorageError when it is not there. */
  async object(address: number, index: number): Promise<Buffer> {
    const kept = this.#kept.get(address)?.objects ?? (await this.#read(address));
    const object = kept.get(index);
    if (object) return object;
    throw new StorageError(`no object ${index} in the heap at ${address}`);
  }

  /** An object of a collection that is at hand; undefined for others. */
  objectAtHand(address: number, index: number): Buffer | undefined {
    return this.#kept.get(address)?.objects.get(index);
  }

  async #read(address: number): Promise<Collection> {
    const head = new StructureReader(await this.#file.read(address, 16));
    head.letters("GCOL");
    head.version("a heap", 1);
    head.bytes(3);
    const bytes = head.count();
    head.expect(bytes >= smallestBytes, `a heap of ${bytes} bytes`);
    // A copy, or what is kept here would keep whole pages.
    const objects = readObjects(new StructureReader(Buffer.from(await this.#file.read(address, bytes))));
    this.#kept.set(address, { objects, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: length }] of this.#kept) {
      if (this.#bytes <= keptBytes || oldest === address) break;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
    return objects;
  }
}

function readObjects(reader: StructureReader): Map<number, Buffer> {
  const objects = new Map<number, Buffer>();
  reader.at = 16;
  while (reader.left >= 16) {
    const left = reader.left;
    const index = reader.uint16();
    reader.bytes(6);
    const length = reader.count();
    if (index === 0) {
      reader.expect(length === left, `free space of ${length} bytes where ${left} are left`);
      break;
    }
    reader.expect(!objects.has(index), `object ${index} twice in a heap`);
    objects.set(index, reader.bytes(length));
    reader.bytes((8 - (length % 8)) % 8);
  }
  return objects;
}
