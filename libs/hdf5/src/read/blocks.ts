import { inOrder } from "@sluice/codec";
import { type Box, countElements, elementCount } from "@sluice/core";
import type { Slab } from "./chunks/chunk-slabs.ts";

/** Elements of a box of a dataset, C order, little endian. */
export interface DatasetBlock extends Box {
  readonly data: Uint8Array;
}

/** Most bytes that are read at once where chunks are high. */
export const maximumSlabBytes = 128 * 1024 * 1024;
/** Parts up to this are read ahead of the one in use. */
const readAheadBytes = 16 * 1024 * 1024;

/** Cuts rows into blocks of at most so many bytes: whole rows, or parts of one row. */
export async function* cutSlabs(
  slabs: AsyncIterable<Slab>,
  shape: readonly number[],
  itemBytes: number,
  maximumBytes: number,
): AsyncGenerator<DatasetBlock, void, undefined> {
  const [, ...rest] = shape;
  for await (const { row, rows, data } of slabs) {
    let start = 0;
    for (const box of blockBoxes(shape.length === 0 ? [] : [rows, ...rest], Math.floor(maximumBytes / itemBytes))) {
      const end = start + elementCount(box.shape) * itemBytes;
      const offset = box.offset.map((first, axis) => (axis === 0 ? row + first : first));
      yield { offset, shape: box.shape, data: data.subarray(start, end) };
      start = end;
    }
  }
}

/**
 * Reads a dataset that is not empty in blocks. Whole rows of chunks are read at once where they fit, so that no chunk is
 * inflated twice.
 *
 * @param chunkRows rows that a chunk covers; 1 without chunks
 */
export async function* readInBlocks(
  shape: readonly number[],
  chunkRows: number,
  itemBytes: number,
  maximumBytes: number,
  read: (box: Box) => Promise<Uint8Array>,
): AsyncGenerator<DatasetBlock, void, undefined> {
  const [rows = 1, ...rest] = shape;
  const rowBytes = elementCount(rest) * itemBytes;
  if (rowBytes > maximumSlabBytes) {
    for (const box of blockBoxes(shape, Math.floor(maximumBytes / itemBytes))) yield { ...box, data: await read(box) };
    return;
  }
  const perRead = rowsPerRead(Math.min(rows, chunkRows), rowBytes, maximumBytes);
  // The library's thread reads on while rows are used.
  const slabs = inOrder(rowRanges(rows, perRead), perRead * rowBytes <= readAheadBytes ? 2 : 1, async (part) => {
    const box = { offset: [part.row, ...rest.map(() => 0)], shape: [part.rows, ...rest] };
    return { ...part, data: await read(shape.length === 0 ? { offset: [], shape: [] } : box) };
  });
  yield* cutSlabs(slabs, shape, itemBytes, maximumBytes);
}

/** Whole rows of chunks up to a block, one that is larger, or else what fits. */
function rowsPerRead(chunkRows: number, rowBytes: number, maximumBytes: number): number {
  const chunkRowBytes = chunkRows * rowBytes;
  if (chunkRowBytes > maximumSlabBytes) return Math.floor(maximumSlabBytes / rowBytes);
  return chunkRows * Math.max(1, Math.floor(maximumBytes / chunkRowBytes));
}

function* rowRanges(rows: number, perRange: number): Generator<{ readonly row: number; readonly rows: number }> {
  for (let row = 0; row < rows; row += perRange) yield { row, rows: Math.min(perRange, rows - row) };
}

/** Boxes of at most so many elements that cover a shape in C order: whole rows of axis 0, or parts of one row. */
function* blockBoxes(shape: readonly number[], maximumElements: number): Generator<Box> {
  if (countElements(shape) === 0) return;
  const [rows, ...rest] = shape;
  if (rows === undefined) return yield { offset: [], shape: [] };
  const rowElements = elementCount(rest);
  if (rowElements > maximumElements && rest.length > 0) {
    for (let row = 0; row < rows; row++) {
      for (const part of blockBoxes(rest, maximumElements)) {
        yield { offset: [row, ...part.offset], shape: [1, ...part.shape] };
      }
    }
    return;
  }
  for (const part of rowRanges(rows, Math.max(1, Math.floor(maximumElements / rowElements)))) {
    yield { offset: [part.row, ...rest.map(() => 0)], shape: [part.rows, ...rest] };
  }
}
