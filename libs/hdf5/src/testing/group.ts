import { ByteReader, expect } from "./byte-reader.ts";
import type { Extents } from "./extents.ts";

/** A link as the file has it. */
export interface LinkFacts {
  readonly name: string;
  /** Address of the object; undefined for a soft link. */
  readonly header: number | undefined;
  readonly softPath: string | undefined;
  /** What the link knows of a group's own links. */
  readonly table: TablePlace | undefined;
}

/** Addresses of the B-tree and the heap of a group. */
export interface TablePlace {
  readonly tree: number;
  readonly heap: number;
}

/** Numbers of entries that the superblock gives to nodes. */
export interface Widths {
  readonly leafK: number;
  readonly internalK: number;
}

/** Reads the symbol table of a group: heap, B-tree, nodes; every link must be where a search looks for it. */
export function readGroup(file: Uint8Array, extents: Extents, widths: Widths, tree: number, heap: number): LinkFacts[] {
  const names = readHeap(file, extents, heap);
  const links: LinkFacts[] = [];
  const walk = (address: number, level: number | undefined, before: Uint8Array): Uint8Array => {
    const reader = new ByteReader(file, address);
    expect(reader.ascii(4) === "TREE" && reader.uint8() === 0, `no group node at ${address}`);
    const own = reader.uint8();
    expect(level === undefined || own === level, `a node of level ${own} at ${address}`);
    const children = reader.uint16();
    expect(children <= 2 * widths.internalK, `${children} children in a group node`);
    reader.at += 16;
    let key = names(reader.uint64());
    expect(Buffer.compare(key, before) === 0, `the first key at ${address} is not the last one of the node before`);
    for (let child = 0; child < children; child++) {
      const below = reader.uint64();
      const last = own === 0 ? readSymbols(file, extents, widths, below, names, links) : walk(below, own - 1, key);
      key = names(reader.uint64());
      expect(Buffer.compare(key, last) === 0, `a key at ${address} is not the greatest name of its child`);
    }
    const bytes = 24 + 16 * widths.internalK + 8 * (2 * widths.internalK + 1);
    reader.zeros(address + bytes - reader.at);
    extents.claim(address, bytes, "a group node");
    return key;
  };
  walk(tree, undefined, Buffer.alloc(0));
  for (let link = 1; link < links.length; link++) {
    const [one, next] = [links[link - 1] as LinkFacts, links[link] as LinkFacts];
    expect(Buffer.compare(Buffer.from(one.name), Buffer.from(next.name)) < 0, `${next.name} behind ${one.name}`);
  }
  return links;
}

function readHeap(file: Uint8Array, extents: Extents, address: number): (offset: number) => Uint8Array {
  const reader = new ByteReader(file, address);
  expect(reader.ascii(4) === "HEAP" && reader.uint32() === 0, `no local heap at ${address}`);
  const [bytes, free, data] = [reader.uint64(), reader.uint64(), reader.uint64()];
  expect(free === 1, `a free list at ${free}`);
  expect(bytes % 8 === 0, `a local heap of ${bytes} bytes`);
  extents.claim(address, 32, "a local heap");
  extents.claim(data, bytes, "names");
  return (offset) => new ByteReader(file.subarray(data, data + bytes), offset).terminated();
}

/** Reads the entries of one node and returns its greatest name. */
function readSymbols(
  file: Uint8Array,
  extents: Extents,
  { leafK }: Widths,
  address: number,
  names: (offset: number) => Uint8Array,
  links: LinkFacts[],
): Uint8Array {
  const reader = new ByteReader(file, address);
  expect(reader.ascii(4) === "SNOD" && reader.uint16() === 1, `no symbol table node at ${address}`);
  const count = reader.uint16();
  expect(count > 0 && count <= 2 * leafK, `${count} entries in a symbol table node`);
  let name: Uint8Array = Buffer.alloc(0);
  for (let entry = 0; entry < count; entry++) {
    name = names(reader.uint64());
    const header = reader.address();
    const cached = reader.uint32();
    reader.zeros(4);
    const scratch = new ByteReader(reader.bytes(16));
    expect((header === undefined) === (cached === 2), `cache type ${cached} of a link to ${header}`);
    const softPath = cached === 2 ? Buffer.from(names(scratch.uint32())).toString() : undefined;
    const table = cached === 1 ? { tree: scratch.uint64(), heap: scratch.uint64() } : undefined;
    links.push({ name: Buffer.from(name).toString(), header, softPath, table });
  }
  reader.zeros((2 * leafK - count) * 40);
  extents.claim(address, 8 + 80 * leafK, "a symbol table node");
  return name;
}
