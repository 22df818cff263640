import { ByteReader, expect } from "./byte-reader.ts";
import type { Extents } from "./extents.ts";

/** A chunk as the index has it. */
export interface ChunkFacts {
  readonly offset: readonly number[];
  readonly address: number;
  readonly bytes: number;
  readonly filterMask: number;
}

interface Key {
  readonly bytes: number;
  readonly filterMask: number;
  readonly offset: readonly number[];
}

const nodeChildren = 64;

/** Reads the index of a dataset: chunks in order, keys where a search looks for them, the end key behind the last. */
export function readChunks(
  file: Uint8Array,
  extents: Extents,
  root: number,
  chunk: readonly number[],
  itemBytes: number,
): ChunkFacts[] {
  const found: ChunkFacts[] = [];
  const keyBytes = 8 + 8 * (chunk.length + 1);
  const nodeBytes = 24 + 8 * nodeChildren + keyBytes * (nodeChildren + 1);
  const lastOfLevel = new Map<number, number>();
  const readKey = (reader: ByteReader): Key => {
    const [bytes, filterMask] = [reader.uint32(), reader.uint32()];
    return { bytes, filterMask, offset: Array.from({ length: chunk.length + 1 }, () => reader.uint64()) };
  };
  const walk = (address: number, level: number | undefined, first: Key | undefined): Key => {
    const reader = new ByteReader(file, address);
    expect(reader.ascii(4) === "TREE" && reader.uint8() === 1, `no chunk node at ${address}`);
    const own = reader.uint8();
    expect(level === undefined || own === level, `a chunk node of level ${own} at ${address}`);
    const children = reader.uint16();
    expect(children > 0 && children <= nodeChildren, `${children} children in a chunk node`);
    expect(reader.address() === lastOfLevel.get(own), `the left sibling of the node at ${address}`);
    lastOfLevel.set(own, address);
    reader.at += 8;
    let key = readKey(reader);
    expect(first === undefined || compare(first.offset, key.offset) === 0, `the first key at ${address}`);
    for (let child = 0; child < children; child++) {
      const below = reader.uint64();
      if (own === 0) {
        found.push({ offset: key.offset.slice(0, -1), address: below, bytes: key.bytes, filterMask: key.filterMask });
        expect(key.bytes > 0, `a chunk without bytes at ${below}`);
        expect(key.offset.at(-1) === 0, "a chunk inside an element");
        extents.claim(below, key.bytes, "a chunk");
      }
      const end = own === 0 ? undefined : walk(below, own - 1, key);
      const next = readKey(reader);
      expect(compare(key.offset, next.offset) < 0, `keys at ${address} that do not ascend`);
      expect(end === undefined || compare(end.offset, next.offset) === 0, `an end key at ${address}`);
      key = next;
    }
    reader.zeros(address + nodeBytes - reader.at);
    extents.claim(address, nodeBytes, "a chunk node");
    return key;
  };
  const end = walk(root, undefined, undefined);
  const last = (found.at(-1) as ChunkFacts).offset;
  const behind = [...last.map((start, axis) => start + (chunk[axis] as number)), itemBytes];
  expect(compare(end.offset, behind) === 0, `the end key is [${end.offset.join(", ")}]`);
  for (const { offset } of found) {
    expect(
      offset.every((start, axis) => start % (chunk[axis] as number) === 0),
      "a chunk off the grid",
    );
  }
  return found;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((value, index) => value !== b[index]);
  return axis < 0 ? 0 : (a[axis] as number) - (b[axis] as number);
}
