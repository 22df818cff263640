import { type Box, wholeBox } from "@sluice/core";
import type { ChunkLayout, IndexPlace } from "../structure/layout.ts";
import type { StructureSource } from "../structure/pages.ts";
import { StorageError } from "../structure/stored-file.ts";
import { StructureReader } from "../structure/structure-reader.ts";
import type { ArrayEntry, Places } from "./array-entry.ts";
import { extensibleArray } from "./extensible-array.ts";
import { fixedArray } from "./fixed-array.ts";

/** A chunk as the index has it. */
export interface StoredChunk {
  /** Index of its first element on each axis. */
  readonly offset: readonly number[];
  readonly address: number;
  /** Bytes in the file, after filters. */
  readonly bytes: number;
  /** Bit i is set when filter i was left out. */
  readonly mask: number;
}

/** The chunks of a dataset of that shape that hold elements of a box, in C order; missing ones are left out. */
export async function* storedChunks(
  file: StructureSource,
  storage: ChunkLayout,
  shape: readonly number[],
  box: Box = wholeBox(shape),
): AsyncGenerator<StoredChunk, void, undefined> {
  const { chunk } = storage;
  const counts = chunk.map((length, axis) => Math.ceil((shape[axis] as number) / length));
  const first = chunk.map((length, axis) => Math.floor((box.offset[axis] as number) / length) * length);
  const last = chunk.map((length, axis) => {
    const end = (box.offset[axis] as number) + (box.shape[axis] as number) - 1;
    return Math.floor(end / length) * length;
  });
  let before: readonly number[] = [];
  for await (const found of indexedChunks(file, storage, counts, { first, last })) {
    const { offset } = found;
    if (!isAscending(before, offset)) throw new StorageError(`a chunk at [${offset.join(", ")}]`);
    before = offset;
    // Those beyond the shape are left from a dataset that was cut.
    if (offset.every((start, axis) => start >= (first[axis] as number) && start <= (last[axis] as number))) yield found;
  }
}

/** Chunks between which those of a box are, in C order. */
interface Range {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** True when an offset comes after another in C order, or is the first. */
function isAscending(before: readonly number[], offset: readonly number[]): boolean {
  return before.length === 0 || compare(before, offset) < 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((start, index) => start !== b[index]);
  return axis < 0 ? 0 : (a[axis] as number) - (b[axis] as number);
}

async function* indexedChunks(
  file: StructureSource,
  { index, chunk, itemBytes }: ChunkLayout,
  counts: readonly number[],
  range: Range,
): AsyncGenerator<StoredChunk, void, undefined> {
  const { kind, address } = index;
  if (address === undefined) return;
  if (kind === "tree") {
    // Keys have a place in the element too, as if its bytes were an axis.
    const within = { first: [...range.first, 0], last: [...range.last, 0] };
    for await (const { offset, ...rest } of treeChunks(file, address, [...chunk, itemBytes], within)) {
      yield { offset: offset.slice(0, -1), ...rest };
    }
    return;
  }
  const wholeBytes = chunk.reduce((product, length) => product * length, itemBytes);
  const places = {
    total: counts.reduce((product, count) => product * count, 1),
    first: placeOf(range.first, counts, chunk),
    end: placeOf(range.last, counts, chunk) + 1,
  };
  for await (const { place, bytes = wholeBytes, ...rest } of arrayEntries(file, index, address, places, wholeBytes)) {
    if (place >= places.first && place < places.end) yield { offset: offsetOf(place, counts, chunk), bytes, ...rest };
  }
}

async function* arrayEntries(
  file: StructureSource,
  index: IndexPlace,
  address: number,
  places: Places,
  wholeBytes: number,
): AsyncGenerator<ArrayEntry, void, undefined> {
  if (index.kind === "fixedArray") return yield* fixedArray(file, address, places);
  if (index.kind === "extensibleArray") return yield* extensibleArray(file, address, places);
  if (index.kind === "single") return yield { place: 0, address, bytes: index.bytes, mask: index.mask };
  for (let place = places.first; place < places.end; place++) {
    yield { place, address: address + place * wholeBytes, bytes: undefined, mask: 0 };
  }
}

/** Version 1 B-tree, node type 1 (spec III.A.1); the bytes of an element are an axis of the chunk. */
async function* treeChunks(
  file: StructureSource,
  address: number,
  chunk: readonly number[],
  range: Range,
  parent?: { readonly level: number; readonly from: readonly number[]; readonly to: readonly number[] },
): AsyncGenerator<StoredChunk, void, undefined> {
  const head = new StructureReader(await file.read(address, 24));
  head.letters("TREE");
  head.version("a chunk node", 1);
  const level = head.uint8();
  const children = head.uint16();
  head.expect(!parent || (children > 0 && level === parent.level - 1), `a chunk node of level ${level}`);
  const keyBytes = 8 + 8 * chunk.length;
  const reader = new StructureReader(await file.read(address + 24, children * (keyBytes + 8) + keyBytes));
  const readKey = (): Omit<StoredChunk, "address"> => {
    const [bytes, mask] = [reader.uint32(), reader.uint32()];
    const offset = chunk.map(() => reader.count());
    const whole = offset.every((start, axis) => start % (chunk[axis] as number) === 0);
    reader.expect(whole, `a chunk at [${offset.join(", ")}]`);
    return { offset, bytes, mask };
  };
  let key = readKey();
  // Nodes that keep to their place are read once, however damaged the tree.
  reader.expect(!parent || compare(parent.from, key.offset) <= 0, "a chunk node before its place");
  for (let child = 0; child < children; child++) {
    const below = reader.count();
    const next = readKey();
    reader.expect(key.offset.at(-1) === 0 && compare(key.offset, next.offset) < 0, "chunks that are not in order");
    reader.expect(!parent || compare(next.offset, parent.to) <= 0, "a chunk node behind its place");
    if (compare(key.offset, range.last) > 0) return;
    if (level > 0) {
      const place = { level, from: key.offset, to: next.offset };
      if (compare(next.offset, range.first) > 0) yield* treeChunks(file, below, chunk, range, place);
    } else if (compare(key.offset, range.first) >= 0) yield { ...key, address: below };
    key = next;
  }
}

function placeOf(offset: readonly number[], counts: readonly number[], chunk: readonly number[]): number {
  return offset.reduce((sum, start, axis) => sum * (counts[axis] as number) + start / (chunk[axis] as number), 0);
}

function offsetOf(place: number, counts: readonly number[], chunk: readonly number[]): number[] {
  const offset = counts.map(() => 0);
  let rest = place;
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    const count = counts[axis] as number;
    offset[axis] = (rest % count) * (chunk[axis] as number);
    rest = Math.floor(rest / count);
  }
  return offset;
}

/** Arrays count chunks by the largest shape: in C order of the shape where only axis 0 may grow, and that without limit. */
export function countsInOrder(
  { index }: ChunkLayout,
  shape: readonly number[],
  [rows, ...rest]: readonly (number | null)[],
): boolean {
  if (index.kind === "tree") return true;
  const grows = index.kind === "extensibleArray" ? rows === null : rows === shape[0];
  return grows && rest.every((length, axis) => length === shape[axis + 1]);
}
