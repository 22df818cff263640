import { type Box, boxContains, copyBox, elementCount, wholeBox } from "@sluice/core";
import { cellIndex } from "./cell.ts";
import type { ChunkShape } from "./chunk-tree.ts";

/** A whole chunk of a dataset: its number in the grid, counted in C order, and its elements. */
export interface Chunk {
  readonly cell: number;
  readonly bytes: Uint8Array;
}

/** The grid of chunks of a dataset whose axis 0 may grow. */
export class ChunkGrid implements ChunkShape {
  readonly chunk: readonly number[];
  readonly counts: readonly number[];
  readonly itemBytes: number;
  /** Bytes of one index of axis 0. */
  readonly rowBytes: number;
  readonly chunkBytes: number;
  readonly #rest: readonly number[];
  readonly #fill: Uint8Array | undefined;

  /** @param fill one element, for the part of a chunk beyond the edge: it shows when the dataset is enlarged */
  constructor(shape: readonly number[], chunk: readonly number[], itemBytes: number, fill: Uint8Array | undefined) {
    this.#rest = shape.slice(1);
    this.chunk = chunk;
    this.counts = shape.map((length, axis) => Math.ceil(length / (chunk[axis] as number)));
    this.itemBytes = itemBytes;
    this.rowBytes = elementCount(this.#rest) * itemBytes;
    this.chunkBytes = elementCount(chunk) * itemBytes;
    this.#fill = fill?.some((byte) => byte !== 0) ? fill : undefined;
  }

  /** Indices of axis 0 in a chunk. */
  get rowsPerChunk(): number {
    return this.chunk[0] as number;
  }

  /** Cuts indices of axis 0, from a first one that begins a chunk, at most as many as a chunk has, into chunks. */
  *cut(firstRow: number, bytes: Uint8Array, rows: number): Generator<Chunk> {
    const source = {
      box: { offset: [firstRow, ...this.#rest.map(() => 0)], shape: [rows, ...this.#rest] },
      data: bytes,
    };
    const cells = elementCount(this.counts.slice(1));
    const firstCell = (firstRow / this.rowsPerChunk) * cells;
    for (let cell = firstCell; cell < firstCell + cells; cell++) {
      const offset = cellIndex(cell, this.counts).map((index, axis) => index * (this.chunk[axis] as number));
      yield { cell, bytes: this.#whole(source, offset) };
    }
  }

  /** The chunk of which `box` is the part inside the dataset. */
  chunkOf(box: Box, bytes: Uint8Array): Chunk {
    const cell = box.offset.reduce((number, start, axis) => {
      const index = start / (this.chunk[axis] as number);
      return axis === 0 ? index : number * (this.counts[axis] as number) + index;
    }, 0);
    return { cell, bytes: this.#whole({ box, data: bytes }, box.offset) };
  }

  /** True when `box` is a cell of the grid, cut at the edges of the dataset only. */
  isCell({ offset, shape }: Box, rows: number): boolean {
    const bounds = wholeBox([rows, ...this.#rest]);
    if (offset.length !== this.chunk.length || shape.length !== this.chunk.length) return false;
    if (!boxContains(bounds, { offset, shape })) return false;
    return shape.every((length, axis) => {
      const [start, whole] = [offset[axis] as number, this.chunk[axis] as number];
      return start % whole === 0 && length === Math.min(whole, (bounds.shape[axis] as number) - start);
    });
  }

  #whole(source: { box: Box; data: Uint8Array }, offset: readonly number[]): Uint8Array {
    const same = source.data.length === this.chunkBytes && this.chunk.every((n, axis) => n === source.box.shape[axis]);
    if (same) return source.data;
    const data = this.#filled();
    copyBox(source, { box: { offset, shape: this.chunk }, data }, this.itemBytes);
    return data;
  }

  #filled(): Uint8Array {
    const bytes = new Uint8Array(this.chunkBytes);
    if (this.#fill) for (let at = 0; at < bytes.length; at += this.#fill.length) bytes.set(this.#fill, at);
    return bytes;
  }
}
