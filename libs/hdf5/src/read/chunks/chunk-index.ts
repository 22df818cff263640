import type { ArrayEntry } from "./array-entry.ts";
import { extensibleArray } from "./extensible-array.ts";
import { fixedArray } from "./fixed-array.ts";
import type { ChunkStorage, IndexPlace } from "./storage.ts";
import { StorageError, type StoredFile } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

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

/** The chunks of a dataset of that shape in C order; missing ones are left out. */
export async function* storedChunks(
  file: StoredFile,
  storage: ChunkStorage,
  shape: readonly number[],
): AsyncGenerator<StoredChunk, void, undefined> {
  let last = -1;
  let before: readonly number[] = [];
  const { chunk } = storage;
  const counts = chunk.map((length, axis) => Math.ceil((shape[axis] as number) / length));
  for await (const found of indexedChunks(file, storage, counts)) {
    // What ascends, be it outside, comes to an end: nodes of a damaged tree may all lead to the same ones.
    if (!isAscending(before, found.offset)) throw new StorageError(`a chunk at [${found.offset.join(", ")}]`);
    before = found.offset;
    const cells = found.offset.map((start, axis) => start / (chunk[axis] as number));
    // Chunks beyond the shape are left from a dataset that was cut.
    if (cells.some((cell, axis) => cell >= (counts[axis] as number))) continue;
    const place = cells.reduce((sum, cell, axis) => sum * (counts[axis] as number) + cell, 0);
    // What ascends by whole chunks inside the grid comes to an end, however damaged the index.
    if (!Number.isInteger(place) || place <= last) throw new StorageError(`a chunk at [${found.offset.join(", ")}]`);
    last = place;
    yield found;
  }
}

/** True when an offset comes after another in C order, or is the first. */
function isAscending(before: readonly number[], offset: readonly number[]): boolean {
  const axis = before.findIndex((start, index) => start !== offset[index]);
  return before.length === 0 || (axis >= 0 && (offset[axis] as number) > (before[axis] as number));
}

async function* indexedChunks(
  file: StoredFile,
  { index, chunk, itemBytes }: ChunkStorage,
  counts: readonly number[],
): AsyncGenerator<StoredChunk, void, undefined> {
  const { kind, address } = index;
  if (address === undefined) return;
  if (kind === "tree") return yield* treeChunks(file, address, chunk.length, undefined);
  const wholeBytes = chunk.reduce((product, length) => product * length, itemBytes);
  const total = counts.reduce((product, count) => product * count, 1);
  for await (const { place, bytes = wholeBytes, ...rest } of arrayEntries(file, index, address, total, wholeBytes)) {
    yield { offset: offsetOf(place, counts, chunk), bytes, ...rest };
  }
}

async function* arrayEntries(
  file: StoredFile,
  index: IndexPlace,
  address: number,
  total: number,
  wholeBytes: number,
): AsyncGenerator<ArrayEntry, void, undefined> {
  if (index.kind === "fixedArray") return yield* fixedArray(file, address, total);
  if (index.kind === "extensibleArray") return yield* extensibleArray(file, address, total);
  if (index.kind === "single") return yield { place: 0, address, bytes: index.bytes, mask: index.mask };
  for (let place = 0; place < total; place++) {
    yield { place, address: address + place * wholeBytes, bytes: undefined, mask: 0 };
  }
}

/** Version 1 B-tree, node type 1 (spec III.A.1). */
async function* treeChunks(
  file: StoredFile,
  address: number,
  rank: number,
  level: number | undefined,
): AsyncGenerator<StoredChunk, void, undefined> {
  const head = new StructureReader(await file.read(address, 24));
  head.letters("TREE");
  head.version("a chunk node", 1);
  const own = head.uint8();
  const children = head.uint16();
  const empty = children === 0 && level !== undefined;
  if (empty || (level !== undefined && own !== level)) throw new StorageError(`a chunk node of level ${own}`);
  const keyBytes = 8 + 8 * (rank + 1);
  const reader = new StructureReader(await file.read(address + 24, children * (keyBytes + 8)));
  for (let child = 0; child < children; child++) {
    const [bytes, mask] = [reader.uint32(), reader.uint32()];
    const offset = Array.from({ length: rank }, () => reader.count());
    reader.count();
    const below = reader.count();
    if (own > 0) yield* treeChunks(file, below, rank, own - 1);
    else yield { offset, address: below, bytes, mask };
  }
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
