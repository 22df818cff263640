import { asBytes, asElements, type Box, isDataType, itemSize } from "@sluice/core";
import type { ColumnBuffer, Frame, TableSpec } from "@sluice/proto";

/** Payload of a batch, where one row is not larger. */
const batchBytes = 2 ** 20;
const mostRows = 2 ** 16;
/** Rows of the first batch when there is text: how long it is, is not known before. */
const firstTexts = 64;

/**
 * The rows of a table in batches of about 1 MiB.
 *
 * @param read gives the columns of consecutive rows
 */
export async function* batchFrames(
  table: TableSpec,
  read: (rows: Box) => Promise<ColumnBuffer[]>,
): AsyncGenerator<Frame> {
  const { rows = 0, columns } = table;
  const hasText = columns.some(({ dataType }) => !isDataType(dataType));
  const rowBytes = columns.reduce((sum, { dataType }) => sum + (isDataType(dataType) ? itemSize[dataType] : 0), 0);
  let most = hasText ? firstTexts : Math.max(1, Math.min(mostRows, Math.floor(batchBytes / Math.max(1, rowBytes))));
  for (let first = 0; first < rows; ) {
    const count = Math.min(most, rows - first);
    const buffers = await read({ offset: [first], shape: [count] });
    yield* split(table, buffers, first, count);
    first += count;
    const fitting = Math.floor((count * batchBytes) / Math.max(1, payload(buffers)));
    if (hasText) most = Math.max(1, Math.min(mostRows, 4 * most, fitting));
  }
}

/** One frame, or several where the texts turned out to be long. */
function* split(table: TableSpec, columns: ColumnBuffer[], firstRow: number, rows: number): Generator<Frame> {
  if (rows > 1 && payload(columns) > batchBytes) {
    const half = rows >> 1;
    const cut = (from: number, to: number) =>
      columns.map((column, index) => rowsOf(column, table.columns[index]?.dataType ?? "", from, to));
    yield* split(table, cut(0, half), firstRow, half);
    yield* split(table, cut(half, rows), firstRow + half, rows - half);
  } else {
    const value = { tableId: table.tableId, firstRow, rows, columns };
    yield { sequence: 0, content: { $case: "batch", value } };
  }
}

function rowsOf({ validity, offsets, data }: ColumnBuffer, dataType: string, from: number, to: number): ColumnBuffer {
  const bits = bitsOf(validity, from, to);
  if (isDataType(dataType)) {
    const size = itemSize[dataType];
    return { validity: bits, offsets, data: data.subarray(from * size, to * size) };
  }
  const ends = asElements("int32", offsets).subarray(from, to + 1);
  const start = ends[0] as number;
  const own = asBytes(ends.map((end) => end - start));
  return { validity: bits, offsets: own, data: data.subarray(start, ends.at(-1)) };
}

function bitsOf(validity: Uint8Array, from: number, to: number): Uint8Array {
  const bits = new Uint8Array(validity.length === 0 ? 0 : Math.ceil((to - from) / 8));
  for (let row = from; validity.length > 0 && row < to; row++) {
    const bit = ((validity[row >> 3] as number) >> (row & 7)) & 1;
    bits[(row - from) >> 3] = (bits[(row - from) >> 3] as number) | (bit << ((row - from) & 7));
  }
  return bits;
}

function payload(columns: readonly ColumnBuffer[]): number {
  return columns.reduce((sum, { data }) => sum + data.length, 0);
}
