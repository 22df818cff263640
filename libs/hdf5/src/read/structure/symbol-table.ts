import { type FileLink, linkName, softLink } from "./link.ts";
import type { Pages } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

const entryBytes = 40;

/** Halves of the numbers of entries that nodes have room for, as the superblock tells. */
export interface Widths {
  readonly leafK: number;
  readonly internalK: number;
}

/** The links of a symbol table: a B-tree of nodes, and a heap of names (spec III.A.1, B, D). */
export async function readSymbolTable(
  file: Pages,
  widths: Widths,
  tree: number,
  heap: number,
): Promise<Map<string, FileLink>> {
  const table = new SymbolTable(file, widths, await readHeap(file, heap));
  await table.readNode(tree, undefined, Buffer.alloc(0));
  return table.links;
}

/** Links, held to their order: the library would not find those that are elsewhere. */
class SymbolTable {
  readonly links = new Map<string, FileLink>();
  readonly #file: Pages;
  readonly #widths: Widths;
  readonly #names: Buffer;
  readonly #seen = new Set<number>();
  /** Bytes of names that are kept: no more than the file has, though many entries may lead to one long name. */
  #left: number;

  constructor(file: Pages, widths: Widths, names: Buffer) {
    this.#file = file;
    this.#widths = widths;
    this.#names = names;
    this.#left = file.bytes;
  }

  /**
   * @param from the name that all names in the node come after
   * @returns the last name in it
   */
  async readNode(address: number, level: number | undefined, from: Buffer): Promise<Buffer> {
    this.#pass(address);
    const room = 2 * this.#widths.internalK;
    const reader = new StructureReader(await this.#file.read(address, 24 + 16 * room + 8));
    reader.letters("TREE");
    reader.version("a node of links", 0);
    const own = reader.uint8();
    const children = reader.uint16();
    reader.expect(children <= room && (level === undefined || own === level), `a node of level ${own}`);
    reader.bytes(16);
    const first = this.#name(reader.count());
    let last = Buffer.compare(first, from) < 0 ? from : first;
    for (let child = 0; child < children; child++) {
      const below = reader.count();
      last = own > 0 ? await this.readNode(below, own - 1, last) : await this.#readEntries(below, last);
      const key = this.#name(reader.count());
      reader.expect(Buffer.compare(last, key) <= 0, "a node with names beyond its end");
      last = key;
    }
    return last;
  }

  async #readEntries(address: number, from: Buffer): Promise<Buffer> {
    this.#pass(address);
    const room = 2 * this.#widths.leafK;
    const reader = new StructureReader(await this.#file.read(address, 8 + entryBytes * room));
    reader.letters("SNOD");
    reader.version("a symbol table", 1);
    reader.zeros(1, "a symbol table");
    const count = reader.uint16();
    reader.expect(count <= room, `${count} links in a node`);
    let last = from;
    for (let entry = 0; entry < count; entry++) {
      const name = this.#name(reader.count());
      reader.expect(Buffer.compare(last, name) < 0, "links that are not in order");
      this.links.set(linkName(name), this.#link(reader));
      last = name;
    }
    return last;
  }

  /** The rest of an entry: what it knows of a group is of no interest. */
  #link(reader: StructureReader): FileLink {
    const address = reader.address();
    const kind = reader.uint32();
    reader.expect(kind <= 2, `a link of kind ${kind}`);
    reader.bytes(4);
    const target = reader.uint32();
    reader.bytes(12);
    if (kind === 2) return softLink(this.#name(target));
    if (address === undefined) throw reader.error("a link to nowhere");
    return { kind: "hard", address };
  }

  #name(offset: number): Buffer {
    const end = offset < this.#names.length ? this.#names.indexOf(0, offset) : -1;
    if (end < 0) throw new StorageError(`no name at ${offset}`);
    this.#left -= end - offset;
    if (this.#left < 0) throw new StorageError("more names than there is room for");
    return this.#names.subarray(offset, end);
  }

  /** No node is in a tree twice: damaged ones may lead round in circles. */
  #pass(address: number): void {
    if (this.#seen.has(address)) throw new StorageError(`two ways to the node at ${address}`);
    this.#seen.add(address);
  }
}

/** The bytes of a local heap. Its list of free places is held to, since the library does. */
async function readHeap(file: Pages, address: number): Promise<Buffer> {
  const head = new StructureReader(await file.read(address, 32));
  head.letters("HEAP");
  head.version("a local heap", 0);
  head.zeros(3, "a local heap");
  const [bytes, free, data] = [head.count(), head.count(), head.count()];
  const names = await file.read(data, bytes);
  let next = free;
  let left = names.length;
  // 1 stands for the end of the list.
  while (next !== 1) {
    head.expect(next + 16 <= names.length, "a list of free places");
    const place = new StructureReader(names.subarray(next, next + 16));
    const following = place.count();
    const length = place.count();
    left -= length;
    head.expect(length >= 16 && left >= 0 && next + length <= names.length, "a list of free places");
    next = following;
  }
  return names;
}
