import { type Box, Code, SluiceError } from "@sluice/core";
import { type Addresses, putAddresses } from "./addresses.ts";
import { type Appender, align } from "./appender.ts";
import type { ChunkFilter } from "./chunk-filter.ts";
import type { Chunk, ChunkGrid } from "./chunk-grid.ts";
import { ChunkIndex } from "./chunk-index.ts";
import { chunkTree, chunkTreeRoot } from "./chunk-tree.ts";
import type { OpenFile } from "./open-file.ts";
import { RowBuffer } from "./row-buffer.ts";
import type { Storage } from "./storage.ts";
import { chunkedLayout, type FilterDescription } from "./storage-messages.ts";
import { type ElementLayout, isPlain } from "./type.ts";

/** What the chunks of a dataset became. */
export interface ChunkCounts {
  /** Bytes of the chunks before the filters, those beyond the edges included. */
  readonly rawBytes: number;
  readonly storedBytes: number;
  /** How they were compressed and why, for people; undefined without deflate. */
  readonly reason: string | undefined;
}

/**
 * Elements in chunks, written when they are complete, filtered in parallel. Memory: the chunks in flight, one row of
 * chunks that is not complete, 21 bytes for each chunk written; elements that refer to objects are kept until the file
 * is closed.
 */
export class ChunkedStorage implements Storage {
  readonly storageClass = "chunked";
  readonly complete = true;
  readonly layoutBytes: number;
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #elementLayout: ElementLayout;
  readonly #grid: ChunkGrid;
  readonly #filter: ChunkFilter;
  #index = new ChunkIndex();
  /** The chunks of a checkpoint: those of rows that do not fill one yet among them. */
  #paused: ChunkIndex | undefined;
  /** Rows that do not fill a chunk yet, or refer to objects. */
  #open = new RowBuffer();
  #openRows = 0;
  #writtenRows = 0;
  #storedBytes = 0;
  #root: number | undefined;

  constructor(file: OpenFile, path: string, elementLayout: ElementLayout, grid: ChunkGrid, filter: ChunkFilter) {
    this.#file = file;
    this.#path = path;
    this.#elementLayout = elementLayout;
    this.#grid = grid;
    this.#filter = filter;
    this.layoutBytes = chunkedLayout(0, grid.chunk, grid.itemBytes).length;
  }

  get filters(): readonly FilterDescription[] {
    return this.#filter.descriptions;
  }

  get counts(): ChunkCounts {
    const rawBytes = this.#index.count * this.#grid.chunkBytes;
    return { rawBytes, storedBytes: this.#storedBytes, reason: this.#filter.reason };
  }

  async append(elements: Uint8Array, rows: number): Promise<void> {
    this.#file.lastAppender = this;
    if (this.#refers) {
      this.#keep(elements, rows);
      return this.#file.placeManyTexts();
    }
    const { rowsPerChunk, rowBytes } = this.#grid;
    for (let row = 0; row < rows; ) {
      const taken = Math.min(rows - row, rowsPerChunk - this.#openRows);
      const bytes = elements.subarray(row * rowBytes, (row + taken) * rowBytes);
      row += taken;
      if (taken === rowsPerChunk) await this.#write(bytes, taken);
      else this.#keep(bytes, taken);
      if (this.#openRows === rowsPerChunk) await this.#writeOpen();
    }
  }

  /** True when `box` is a cell of the grid, cut at the edges of a dataset of so many rows. */
  isCell(box: Box, rows: number): boolean {
    return this.#grid.isCell(box, rows);
  }

  /** Writes one chunk of plain elements. `box` is a cell of the grid, cut at the edges of the dataset. */
  async writeChunk(box: Box, elements: Uint8Array): Promise<void> {
    this.#file.lastAppender = this;
    await this.#add(this.#grid.chunkOf(box, elements), this.#index);
  }

  requireComplete(): void {
    // Chunks that are missing read as the fill value.
  }

  async finish(): Promise<void> {
    this.#paused = undefined;
    if (!this.#refers && this.#openRows > 0) await this.#writeOpen();
  }

  /** Rows that are no whole chunk yet are written as they are, and once more with the rest of their chunk later. */
  async pause(): Promise<void> {
    this.#paused = undefined;
    if (this.#refers || this.#openRows === 0) return;
    const bytes = this.#open.bytes.slice();
    await this.#completeTexts(bytes);
    await this.#file.queue.drain();
    this.#paused = this.#index.copy();
    for (const chunk of this.#grid.cut(this.#writtenRows, bytes, this.#openRows)) await this.#add(chunk, this.#paused);
  }

  settle(file: Appender): void {
    if (!this.#refers) this.#writeIndex(file, this.#paused ?? this.#index);
  }

  async place(file: Appender, addresses: Addresses): Promise<void> {
    if (!this.#refers) return;
    const { rowsPerChunk, rowBytes } = this.#grid;
    const elements = this.#open.bytes.slice();
    this.#index = new ChunkIndex();
    this.#storedBytes = 0;
    putAddresses(elements, this.#elementLayout, addresses);
    for (let row = 0; row < this.#openRows; row += rowsPerChunk) {
      const rows = Math.min(rowsPerChunk, this.#openRows - row);
      for (const chunk of this.#grid.cut(row, elements.subarray(row * rowBytes, (row + rows) * rowBytes), rows)) {
        const place = this.#claim(chunk, this.#index);
        const { bytes, filterMask } = await this.#filter.apply(chunk.bytes);
        this.#book(this.#index, place, file.append(bytes), bytes, filterMask);
      }
    }
    this.#writeIndex(file, this.#index);
  }

  layout(): Uint8Array {
    return chunkedLayout(this.#root, this.#grid.chunk, this.#grid.itemBytes);
  }

  /** Object addresses are known last. */
  get #refers(): boolean {
    return this.#elementLayout.references.length > 0;
  }

  #keep(bytes: Uint8Array, rows: number): void {
    this.#open.add(bytes);
    this.#openRows += rows;
  }

  async #writeOpen(): Promise<void> {
    const { bytes } = this.#open;
    const rows = this.#openRows;
    this.#open = new RowBuffer();
    this.#openRows = 0;
    await this.#write(bytes, rows);
  }

  async #write(bytes: Uint8Array, rows: number): Promise<void> {
    await this.#completeTexts(bytes);
    const firstRow = this.#writtenRows;
    this.#writtenRows += rows;
    for (const chunk of this.#grid.cut(firstRow, bytes, rows)) await this.#add(chunk, this.#index);
  }

  /** Puts the addresses of texts into elements, in place. */
  async #completeTexts(bytes: Uint8Array): Promise<void> {
    if (isPlain(this.#elementLayout)) return;
    await this.#file.placeTexts();
    putAddresses(bytes, this.#elementLayout, this.#file.textAddresses);
  }

  async #add(chunk: Chunk, index: ChunkIndex): Promise<void> {
    const place = this.#claim(chunk, index);
    await this.#file.queue.add({
      bytes: chunk.bytes.length,
      prepare: () => this.#filter.apply(chunk.bytes),
      append: ({ bytes, filterMask }, file) => this.#book(index, place, file.append(bytes), bytes, filterMask),
    });
  }

  #claim({ cell }: Chunk, index: ChunkIndex): number {
    const place = index.claim(cell);
    if (place !== undefined) return place;
    throw new SluiceError({
      reason: "HDF5_CHUNK_WRITTEN_TWICE",
      message: "A chunk of the dataset was written before.",
      field: this.#path,
      got: `chunk ${cell} of the grid`,
      remedy: "Write every chunk once; rows are appended, or chunks are written, but not the same elements by both.",
      grpcCode: Code.FAILED_PRECONDITION,
    });
  }

  #book(index: ChunkIndex, place: number, address: number, { length: bytes }: Uint8Array, filterMask: number): void {
    index.set(place, { address, bytes, filterMask });
    if (index === this.#index) this.#storedBytes += bytes;
  }

  #writeIndex(file: Appender, index: ChunkIndex): void {
    const start = align(file);
    for (const node of chunkTree(index, this.#grid, start)) file.append(node);
    this.#root = chunkTreeRoot(index.count, this.#grid, start);
  }
}
