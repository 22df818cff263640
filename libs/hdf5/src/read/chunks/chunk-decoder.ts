import { promisify } from "node:util";
import { inflate, inflateSync } from "node:zlib";
import { unshuffle } from "@sluice/codec";
import type { DatasetFilter } from "../filters.ts";
import type { StructureSource } from "../structure/pages.ts";
import { StorageError } from "../structure/stored-file.ts";
import type { StoredChunk } from "./chunk-index.ts";

const inflateOnPool = promisify(inflate) as (bytes: Uint8Array, options: object) => Promise<Buffer>;
const deflateFilter = 1;
const shuffleFilter = 2;
const highestLevel = 9;
/** A way to another thread and back takes longer than to inflate a smaller chunk. */
const smallestOnPoolBytes = 16 * 1024;

/** True when the filters are those that are undone here. */
export function canDecode(filters: readonly DatasetFilter[]): boolean {
  return filters.length <= 32 && filters.every(({ id }) => id === deflateFilter || id === shuffleFilter);
}

/** The bytes of a chunk as they were before its filters: `chunkBytes` of them, or a StorageError. */
export async function decodeChunk(
  file: StructureSource,
  stored: StoredChunk,
  filters: readonly DatasetFilter[],
  chunkBytes: number,
): Promise<Uint8Array> {
  const place = `the chunk at [${stored.offset.join(", ")}]`;
  // What deflate cannot shrink grows by less than a thousandth.
  if (stored.bytes > chunkBytes * 1.01 + 1024) throw new StorageError(`${place} has ${stored.bytes} bytes`);
  let bytes: Uint8Array = await file.read(stored.address, stored.bytes);
  for (const [position, { id, values }] of [...filters.entries()].toReversed()) {
    if (stored.mask & (1 << position)) continue;
    requireValue(id, values, place);
    if (id === shuffleFilter) bytes = unshuffle(bytes, values[0] as number);
    else bytes = await inflated(bytes, chunkBytes, place);
  }
  if (bytes.length === chunkBytes) return bytes;
  throw new StorageError(`${place} holds ${bytes.length} bytes, not ${chunkBytes}`);
}

async function inflated(bytes: Uint8Array, chunkBytes: number, place: string): Promise<Uint8Array> {
  try {
    // One buffer with room to spare: zlib then sees the end at once.
    const room = chunkBytes + 64;
    const options = { chunkSize: room, maxOutputLength: room };
    return chunkBytes < smallestOnPoolBytes ? inflateSync(bytes, options) : await inflateOnPool(bytes, options);
  } catch (error) {
    throw new StorageError(`${place} cannot be inflated: ${(error as Error).message}`, { cause: error });
  }
}

/** A level for deflate, the bytes of an item for shuffle: the library refuses others. */
function requireValue(id: number, values: readonly number[], place: string): void {
  const [value = 0] = values;
  if (values.length === 1 && (id === shuffleFilter ? value > 0 : value <= highestLevel)) return;
  throw new StorageError(`${place} is filtered with [${values.join(", ")}]`);
}
