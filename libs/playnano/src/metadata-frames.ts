import { asBytes, asElements, chunkFrame, type DataType, itemSize } from "@sluice/core";
import type { ColumnBuffer, Frame } from "@sluice/proto";
import { type FrameColumn, frameColumns, frameSeconds, hasTimes, secondsBeforeEdit } from "./frame-records.ts";
import { framesTableId, type StoredBundle, timestampsArrayId, timestampsBeforeEditArrayId } from "./stored-bundle.ts";

const timesPerChunk = 131_072;
const rowsPerBatch = 4096;

/** The frames of a stream that hold the times and the table of the frames, as {@link bundleHeader} opened them. */
export function* metadataFrames(stored: StoredBundle): Generator<Frame> {
  const seconds = frameSeconds(stored);
  if (hasTimes(seconds)) yield* timeChunks(timestampsArrayId, seconds);
  yield* timeChunks(timestampsBeforeEditArrayId, secondsBeforeEdit(stored) ?? new Float64Array(0));
  const columns = frameColumns(stored);
  const rows = columns[0]?.values.length ?? 0;
  for (let firstRow = 0; firstRow < rows; firstRow += rowsPerBatch) {
    const count = Math.min(rowsPerBatch, rows - firstRow);
    const buffers = columns.map((column) => columnBuffer(column, firstRow, count));
    const value = { tableId: framesTableId, firstRow, rows: count, columns: buffers };
    yield { sequence: 0, content: { $case: "batch", value } };
  }
}

function* timeChunks(arrayId: number, seconds: Float64Array): Generator<Frame> {
  for (let first = 0; first < seconds.length; first += timesPerChunk) {
    const values = seconds.slice(first, first + timesPerChunk);
    yield chunkFrame({ arrayId, offset: [first], shape: [values.length], data: asBytes(values) });
  }
}

function columnBuffer({ spec, values }: FrameColumn, first: number, rows: number): ColumnBuffer {
  const part = values.slice(first, first + rows);
  const validity = spec.nullable ? validityOf(part) : new Uint8Array(0);
  if (spec.dataType === "string") return { validity, ...textBuffers(part) };
  const dataType = spec.dataType as Extract<DataType, "float64" | "bool">;
  const data = new Uint8Array(rows * itemSize[dataType]);
  const elements = asElements(dataType, data);
  for (const [row, value] of part.entries()) elements[row] = Number(value ?? 0);
  return { validity, offsets: new Uint8Array(0), data };
}

function validityOf(values: readonly unknown[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) {
    if (value !== undefined && value !== null) bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7));
  }
  return bitmap;
}

/** Texts as they are, other values as JSON. */
function textBuffers(values: readonly unknown[]): Pick<ColumnBuffer, "offsets" | "data"> {
  const texts = values.map((value) =>
    Buffer.from(value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)),
  );
  const offsets = new Int32Array(texts.length + 1);
  for (const [index, { length }] of texts.entries()) offsets[index + 1] = (offsets[index] as number) + length;
  return { offsets: asBytes(offsets), data: new Uint8Array(Buffer.concat(texts)) };
}
