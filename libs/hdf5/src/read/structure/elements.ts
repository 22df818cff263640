import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeText } from "../element.ts";
import type { RawElements } from "../pointers.ts";
import type { FileType } from "./datatype.ts";
import type { GlobalHeap } from "./global-heap.ts";
import { StorageError } from "./stored-file.ts";

/** Tells the path of the object at an address. */
export type PathOf = (address: number) => Promise<string>;

/** Elements that are followed in a row before others have their turn. */
const elementsPerTurn = 8192;
/** More parts in one element come from damaged headers. */
const mostParts = 65_536;
/** Bytes behind pointers that are given at once, as in the library's thread. */
const mostPointedBytes = 256 * 1024 * 1024;

/** Where the parts of an element are: in the file, and in memory as h5wasm has it. */
interface Parts {
  /** Bytes that are as they are. */
  readonly plain: { readonly from: number; readonly to: number; readonly bytes: number }[];
  readonly texts: number[];
  readonly references: number[];
  readonly sequences: { readonly offset: number; readonly element: FileType }[];
}

/** What is left of what may be given at once. */
interface Budget {
  bytes: number;
}

/** Turns elements of the file into what h5wasm gives of them, all that they lead to included. */
export class ElementReader {
  readonly #heap: GlobalHeap;
  readonly #pathOf: PathOf;

  constructor(heap: GlobalHeap, pathOf: PathOf) {
    this.#heap = heap;
    this.#pathOf = pathOf;
  }

  /** @param data elements of that type, nothing else */
  async read(type: FileType, data: Buffer): Promise<RawElements> {
    return await this.#read(type, data, { bytes: mostPointedBytes });
  }

  async #read(type: FileType, data: Buffer, budget: Budget): Promise<RawElements> {
    if (!isLittleEndian(type)) throw new StorageError("numbers that are big endian");
    const found = { bytes: data, texts: [], references: [], sequences: [] };
    return type.follow ? await this.#follow(type, data, budget) : found;
  }

  async #follow(type: FileType, data: Buffer, budget: Budget): Promise<RawElements> {
    const parts = partsOf(type);
    const itemBytes = type.metadata.size;
    const count = data.length / type.bytes;
    const bytes = Buffer.alloc(count * itemBytes);
    const texts: string[] = [];
    const references: (string | null)[] = [];
    const sequences: RawElements[] = [];
    for (let item = 0; item < count; item++) {
      if (item % elementsPerTurn === elementsPerTurn - 1) await nextTurn();
      const start = item * type.bytes;
      for (const { from, to, bytes: length } of parts.plain) {
        data.copy(bytes, item * itemBytes + to, start + from, start + from + length);
      }
      for (const offset of parts.texts) {
        const found = this.#pointedTo(data, start + offset, 1, budget);
        // Most are at hand: to wait for each would take longer than to decode it.
        texts.push(textOf(found instanceof Promise ? await found : found));
      }
      for (const offset of parts.references) {
        const address = addressAt(data, start + offset);
        references.push(address === 0 ? null : await this.#pathOf(address));
      }
      for (const { offset, element } of parts.sequences) {
        const elements = await this.#pointedTo(data, start + offset, element.bytes, budget);
        sequences.push(await this.#read(element, elements, budget));
      }
    }
    return { bytes, texts, references, sequences };
  }

  /** What a pointer leads to: a count of elements, the address of a collection, and the number of an object in it. */
  #pointedTo(data: Buffer, at: number, itemBytes: number, budget: Budget): Buffer | Promise<Buffer> {
    const [count, address, index] = [data.readUInt32LE(at), addressAt(data, at + 4), data.readUInt32LE(at + 12)];
    if (address === 0) return nothing;
    budget.bytes -= count * itemBytes;
    if (budget.bytes < 0) throw new StorageError("more text and lists than there is memory for");
    const object = this.#heap.objectAtHand(address, index);
    return object ? whole(object, count * itemBytes) : this.#fetch(address, index, count * itemBytes);
  }

  async #fetch(address: number, index: number, bytes: number): Promise<Buffer> {
    return whole(await this.#heap.object(address, index), bytes);
  }
}

const nothing = Buffer.alloc(0);

function whole(object: Buffer, bytes: number): Buffer {
  if (object.length === bytes) return object;
  throw new StorageError(`${bytes} bytes of text or lists in an object of ${object.length}`);
}

/** The library's texts end at a NUL. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}

function addressAt(data: Buffer, at: number): number {
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32;
}

function partsOf(type: FileType): Parts {
  const parts: Parts = { plain: [], texts: [], references: [], sequences: [] };
  let left = mostParts;
  const add = (part: FileType, from: number, to: number): void => {
    left -= 1;
    if (left < 0) throw new StorageError("too many texts, references and lists in an element");
    const { follow, bytes, metadata } = part;
    switch (follow?.kind) {
      case undefined:
        parts.plain.push({ from, to, bytes });
        break;
      case "text":
        parts.texts.push(from);
        break;
      case "reference":
        parts.plain.push({ from, to, bytes });
        parts.references.push(from);
        break;
      case "sequence":
        parts.sequences.push({ offset: from, element: follow.element });
        break;
      case "array":
        for (let index = 0; index < follow.count; index++) {
          const { element } = follow;
          add(element, from + index * element.bytes, to + index * element.metadata.size);
        }
        break;
      case "compound":
        for (const [index, { offset, type: member }] of follow.members.entries()) {
          add(member, from + offset, to + (metadata.compound_type?.members[index]?.offset as number));
        }
    }
  };
  add(type, 0, 0);
  return parts;
}

/** False when numbers anywhere in an element are big endian. */
function isLittleEndian({ metadata, follow }: FileType): boolean {
  if (!metadata.littleEndian) return false;
  switch (follow?.kind) {
    case "sequence":
    case "array":
      return isLittleEndian(follow.element);
    case "compound":
      return follow.members.every(({ type }) => isLittleEndian(type));
    default:
      return true;
  }
}
