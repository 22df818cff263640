import type { ChunkStorage } from "./storage.ts";
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
  const { chunk } = storage;
  const counts = chunk.map((length, axis) => Math.ceil((shape[axis] as number) / length));
  for await (const found of indexedChunks(file, storage, counts)) {
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

async function* indexedChunks(
  file: StoredFile,
  storage: ChunkStorage,
  counts: readonly number[],
): AsyncGenerator<StoredChunk, void, undefined> {
  const { index, chunk, itemBytes } = storage;
  if (index.address === undefined) return;
  const wholeBytes = chunk.reduce((product, length) => product * length, itemBytes);
  if (index.kind === "tree") return yield* treeChunks(file, index.address, chunk.length, undefined);
  if (index.kind === "single") {
    const { address, bytes = wholeBytes, mask } = index;
    return yield { offset: chunk.map(() => 0), address: address as number, bytes, mask };
  }
  const total = counts.reduce((product, count) => product * count, 1);
  if (index.kind === "fixedArray") return yield* arrayChunks(file, index.address, storage, counts, total);
  for (let place = 0; place < total; place++) {
    yield {
      offset: offsetOf(place, counts, chunk),
      address: index.address + place * wholeBytes,
      bytes: wholeBytes,
      mask: 0,
    };
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

/** Entries read at once of an array without pages. */
const entriesPerRead = 65_536;

/** Fixed array (spec VII.B): a header, and a data block whose pages are filled only where its bits say so. */
async function* arrayChunks(
  file: StoredFile,
  address: number,
  { chunk, itemBytes }: ChunkStorage,
  counts: readonly number[],
  total: number,
): AsyncGenerator<StoredChunk, void, undefined> {
  const head = new StructureReader(await file.read(address, 28));
  head.letters("FAHD");
  head.version("a fixed array", 0);
  const filtered = head.uint8() === 1;
  const entryBytes = head.uint8();
  const pageEntries = 2 ** head.uint8();
  const entries = head.count();
  const block = head.address();
  if (entries !== total) throw new StorageError(`${entries} chunks in an array, not ${total}`);
  if (block === undefined) return;
  const start = new StructureReader(await file.read(block, 6));
  start.letters("FADB");
  const paged = entries > pageEntries;
  const pages = paged ? Math.ceil(entries / pageEntries) : 0;
  const used = await file.read(block + 14, Math.ceil(pages / 8));
  const wholeBytes = chunk.reduce((product, length) => product * length, itemBytes);
  // Behind the bits of the pages, and behind each page, is a checksum.
  const first = block + 14 + used.length + (paged ? 4 : 0);
  const step = paged ? pageEntries : entriesPerRead;
  for (let entry = 0; entry < entries; entry += step) {
    const page = entry / step;
    if (paged && ((used[page >> 3] as number) & (0x80 >> (page & 7))) === 0) continue;
    const position = first + entry * entryBytes + (paged ? page * 4 : 0);
    const count = Math.min(step, entries - entry);
    const reader = new StructureReader(await file.read(position, count * entryBytes));
    for (let place = entry; place < entry + count; place++) {
      const found = reader.address();
      const bytes = filtered ? reader.count(entryBytes - 12) : wholeBytes;
      const mask = filtered ? reader.uint32() : 0;
      if (found !== undefined) yield { offset: offsetOf(place, counts, chunk), address: found, bytes, mask };
    }
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
