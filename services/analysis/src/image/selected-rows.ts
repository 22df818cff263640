import { arrayEndFrame, asElements, chunkFrame, type DataType, itemSize } from "@sluice/core";
import type {
  ArrayChunk,
  ArrayEnd,
  ArraySpec,
  ColumnBuffer,
  ColumnSpec,
  Frame,
  TableBatch,
  TableSpec,
} from "@sluice/proto";
import type { Selection } from "./selection.ts";

/** The values of a chunk of a 1-D array that are kept, as a chunk of another one; nothing when none is. */
export function selectedChunk(chunk: ArrayChunk, target: ArraySpec, selection: Selection): Frame | undefined {
  const [first = 0] = chunk.offset;
  const [count = 0] = chunk.shape;
  const data = keptItems(
    chunk.data,
    itemSize[target.dataType as DataType],
    keptIndices(first, count, selection),
    first,
  );
  if (data.length === 0) return undefined;
  const shape = [data.length / itemSize[target.dataType as DataType]];
  return chunkFrame({ arrayId: target.arrayId, offset: [selection.before(first)], shape, data });
}

/** The end of a 1-D array, of which some values are kept, as the end of another one. */
export function selectedEnd({ shape }: ArrayEnd, target: ArraySpec, selection: Selection): Frame {
  return arrayEndFrame({ arrayId: target.arrayId, shape: [selection.before(shape[0] ?? 0)] });
}

/** The rows of a batch that are kept, as a batch of another table of the same columns; nothing when none is. */
export function selectedBatch(batch: TableBatch, target: TableSpec, selection: Selection): Frame | undefined {
  const indices = keptIndices(batch.firstRow, batch.rows, selection);
  if (indices.length === 0) return undefined;
  const rows = indices.map((index) => index - batch.firstRow);
  const columns = target.columns.map((column, index) =>
    selectedBuffer(batch.columns[index] as ColumnBuffer, column, rows),
  );
  const value = { tableId: target.tableId, firstRow: selection.before(batch.firstRow), rows: rows.length, columns };
  return { sequence: 0, content: { $case: "batch", value } };
}

function keptIndices(first: number, count: number, selection: Selection): number[] {
  return Array.from({ length: count }, (_, index) => first + index).filter((index) => selection.keeps(index));
}

function selectedBuffer(buffer: ColumnBuffer, column: ColumnSpec, rows: readonly number[]): ColumnBuffer {
  const validity = buffer.validity.length === 0 ? buffer.validity : selectedBits(buffer.validity, rows);
  if (column.dataType !== "string") {
    const data = keptItems(buffer.data, itemSize[column.dataType as DataType], rows, 0);
    return { validity, offsets: new Uint8Array(0), data };
  }
  const ends = asElements("int32", buffer.offsets);
  const texts = rows.map((row) => buffer.data.subarray(ends[row], ends[row + 1]));
  const offsets = new Int32Array(rows.length + 1);
  for (const [index, text] of texts.entries()) offsets[index + 1] = (offsets[index] as number) + text.length;
  return { validity, offsets: new Uint8Array(offsets.buffer), data: new Uint8Array(Buffer.concat(texts)) };
}

function selectedBits(bits: Uint8Array, rows: readonly number[]): Uint8Array {
  const selected = new Uint8Array(Math.ceil(rows.length / 8));
  for (const [index, row] of rows.entries()) {
    const bit = ((bits[row >> 3] as number) >> (row & 7)) & 1;
    selected[index >> 3] = (selected[index >> 3] as number) | (bit << (index & 7));
  }
  return selected;
}

function keptItems(bytes: Uint8Array, size: number, indices: readonly number[], first: number): Uint8Array {
  const kept = new Uint8Array(indices.length * size);
  for (const [index, from] of indices.entries()) {
    kept.set(bytes.subarray((from - first) * size, (from - first + 1) * size), index * size);
  }
  return kept;
}
