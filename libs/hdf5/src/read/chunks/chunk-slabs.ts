import { defaultLookAhead, inOrder } from "@sluice/codec";
import { copyBox, shapesEqual } from "@sluice/core";
import type { DatasetFilter } from "../filters.ts";
import { type ChunkStorage, readChunkStorage } from "../structure/layout.ts";
import { StorageError, StoredFile } from "../structure/stored-file.ts";
import { canDecode, decodeChunk } from "./chunk-decoder.ts";
import { countsInOrder, storedChunks } from "./chunk-index.ts";

/** Rows of axis 0, all of them in one row of chunks. */
export interface Slab {
  readonly row: number;
  readonly rows: number;
  readonly data: Uint8Array;
}

/** A dataset whose chunks may be read beside the library. */
export interface ChunkedDataset {
  readonly shape: readonly number[];
  readonly maxShape: readonly (number | null)[];
  readonly chunks: readonly number[];
  readonly itemBytes: number;
  readonly filters: readonly DatasetFilter[];
  /** Address of the object header. */
  readonly address: number;
}

/** Smaller chunks cost more to fetch one by one than the library takes to inflate them. */
const smallestWorthwhileBytes = 16 * 1024;
/** Larger chunks come from damaged headers, or are too large to have several under way. */
const largestChunkBytes = 64 * 1024 * 1024;
/** Bytes of small chunks under way: between two of them passes a turn of the event loop. */
const underwayBytes = 4 * 1024 * 1024;

/** Chunks that are inflated on all cores, of a file of its own. */
export class ChunkSlabs {
  readonly #file: StoredFile;
  readonly #storage: ChunkStorage;
  readonly #dataset: ChunkedDataset;

  /** undefined for what the library reads better or alone. */
  static async open(
    path: string,
    dataset: ChunkedDataset,
    smallestChunkBytes = smallestWorthwhileBytes,
  ): Promise<ChunkSlabs | undefined> {
    const { chunks, itemBytes, filters } = dataset;
    const chunkBytes = chunks.reduce((product, length) => product * length, itemBytes);
    if (!canDecode(filters) || chunkBytes < smallestChunkBytes || chunkBytes > largestChunkBytes) return undefined;
    let file: StoredFile | undefined;
    try {
      file = await StoredFile.open(path);
      const storage = await readChunkStorage(file, dataset.address);
      const { fill = { length: itemBytes } } = storage;
      const same = shapesEqual(storage.chunk, chunks) && storage.itemBytes === itemBytes && fill.length === itemBytes;
      if (same && countsInOrder(storage, dataset.shape, dataset.maxShape))
        return new ChunkSlabs(file, storage, dataset);
    } catch (error) {
      // The library says what is wrong, or knows what this does not.
      if (!(error instanceof StorageError)) throw error;
    }
    await file?.close();
    return undefined;
  }

  private constructor(file: StoredFile, storage: ChunkStorage, dataset: ChunkedDataset) {
    this.#file = file;
    this.#storage = storage;
    this.#dataset = dataset;
  }

  /** All rows in order, a row of chunks at a time; a StorageError for a damaged index or chunk. Closes the file. */
  async *read(signal: AbortSignal | undefined): AsyncGenerator<Slab, void, undefined> {
    const { shape, chunks, itemBytes, filters } = this.#dataset;
    const chunkBytes = chunks.reduce((product, length) => product * length, itemBytes);
    const lookAhead = chunksUnderway(chunkBytes);
    const [rowCount = 0, ...rest] = shape;
    const [chunkRows = 1, ...chunkRest] = chunks;
    const slabRows = (row: number) => Math.min(chunkRows, rowCount - row);
    const wide = chunkRest.every((length, axis) => length === rest[axis]);
    try {
      const entries = storedChunks(this.#file, this.#storage, shape);
      const decoded = inOrder(
        entries,
        lookAhead,
        async (stored) => ({ stored, data: await decodeChunk(this.#file, stored, filters, chunkBytes) }),
        signal,
      );
      let row = 0;
      let slab: Uint8Array | undefined;
      for await (const { stored, data } of decoded) {
        for (; stored.offset[0] !== row; row += chunkRows, slab = undefined) {
          if ((stored.offset[0] as number) < row) throw new StorageError("chunks out of order");
          yield this.#slab(row, slabRows(row), slab);
        }
        if (wide) {
          slab = data;
          continue;
        }
        slab ??= this.#filled(slabRows(row));
        const target = { offset: [row, ...rest.map(() => 0)], shape: [slabRows(row), ...rest] };
        copyBox({ box: { offset: stored.offset, shape: chunks }, data }, { box: target, data: slab }, itemBytes);
      }
      for (; row < rowCount; row += chunkRows, slab = undefined) yield this.#slab(row, slabRows(row), slab);
    } finally {
      await this.#file.close();
    }
  }

  #slab(row: number, rows: number, data = this.#filled(rows)): Slab {
    const [, ...rest] = this.#dataset.shape;
    const bytes = rest.reduce((product, length) => product * length, rows * this.#dataset.itemBytes);
    return { row, rows, data: data.subarray(0, bytes) };
  }

  /** Rows of chunks that are missing. */
  #filled(rows: number): Uint8Array {
    const [, ...rest] = this.#dataset.shape;
    const bytes = rest.reduce((product, length) => product * length, rows * this.#dataset.itemBytes);
    const { fill } = this.#storage;
    return fill ? Buffer.alloc(bytes, fill) : new Uint8Array(bytes);
  }
}

function chunksUnderway(chunkBytes: number): number {
  const most = Math.min(defaultLookAhead, Math.floor(largestChunkBytes / chunkBytes));
  return Math.max(2, most, Math.min(64, Math.floor(underwayBytes / chunkBytes)));
}
