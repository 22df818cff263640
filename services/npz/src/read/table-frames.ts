import { asBytes } from "@sluice/core";
import { damaged, littleEndian, type NpyField, type NpyType, textOfUcs4 } from "@sluice/npy";
import type { ColumnBuffer, Frame, TableSpec } from "@sluice/proto";
import type { Archive, NpyMember, ValueReader } from "./archive.ts";

/** Where the values of a column are: in an array of its own. */
export interface ColumnMembers {
  readonly values: NpyMember;
  /** False where a row has no value. */
  readonly valid: NpyMember | undefined;
}

type Simple = NpyField["type"];

const batchBytes = 256 * 1024;
const mostRows = 4096;

/** Batches of a table whose columns are arrays. */
export async function* columnFrames(
  archive: Archive,
  spec: TableSpec,
  columns: readonly ColumnMembers[],
): AsyncGenerator<Frame> {
  const open: { key: string; type: Simple; values: ValueReader; valid: ValueReader | undefined }[] = [];
  try {
    for (const { values, valid } of columns) {
      const reader = await archive.values(values);
      open.push({ key: values.key, type: values.header.type as Simple, values: reader, valid: undefined });
      if (valid) open[open.length - 1]!.valid = await archive.values(valid);
    }
    const rowBytes = columns.reduce((sum, { values }) => sum + values.header.type.bytes, 0);
    for (const { firstRow, rows } of batchesOf(spec, rowBytes)) {
      const buffers: ColumnBuffer[] = [];
      for (const { key, type, values, valid } of open) {
        const buffer = bufferOf(await values.take(rows), type, rows, key);
        buffers.push(valid ? { ...buffer, validity: bitmapOf(await valid.take(rows)) } : buffer);
      }
      yield batchFrame(spec, firstRow, rows, buffers);
    }
    for (const { values, valid } of open) {
      await values.end();
      await valid?.end();
    }
  } finally {
    for (const { values, valid } of open) {
      await values.close();
      await valid?.close();
    }
  }
}

/** Batches of a table whose rows are the elements of one array. */
export async function* rowFrames(
  archive: Archive,
  spec: TableSpec,
  member: NpyMember,
  fields: readonly NpyField[],
): AsyncGenerator<Frame> {
  const values = await archive.values(member);
  const { bytes } = member.header.type;
  try {
    for (const { firstRow, rows } of batchesOf(spec, bytes)) {
      const data = await values.take(rows);
      const buffers = fields.map(({ offset, type }) => {
        const column = new Uint8Array(rows * type.bytes);
        for (let row = 0; row < rows; row++) {
          const from = row * bytes + offset;
          column.set(data.subarray(from, from + type.bytes), row * type.bytes);
        }
        return bufferOf(littleEndian(column, type), type, rows, member.key);
      });
      yield batchFrame(spec, firstRow, rows, buffers);
    }
    await values.end();
  } finally {
    await values.close();
  }
}

function* batchesOf({ rows = 0 }: TableSpec, rowBytes: number): Generator<{ firstRow: number; rows: number }> {
  const most = Math.max(1, Math.min(mostRows, Math.floor(batchBytes / Math.max(1, rowBytes))));
  for (let firstRow = 0; firstRow < rows; firstRow += most) yield { firstRow, rows: Math.min(most, rows - firstRow) };
}

function batchFrame({ tableId }: TableSpec, firstRow: number, rows: number, columns: ColumnBuffer[]): Frame {
  return { sequence: 0, content: { $case: "batch", value: { tableId, firstRow, rows, columns } } };
}

/** @param data little-endian numbers, or texts of one length */
function bufferOf(data: Uint8Array, type: Simple, rows: number, key: string): ColumnBuffer {
  const none = new Uint8Array(0);
  if (type.kind === "number") return { validity: none, offsets: none, data };
  const texts = Array.from({ length: rows }, (_, row) =>
    Buffer.from(textOf(data.subarray(row * type.bytes, (row + 1) * type.bytes), type, key)),
  );
  const offsets = new Int32Array(rows + 1);
  for (const [row, { length }] of texts.entries()) offsets[row + 1] = (offsets[row] as number) + length;
  return { validity: none, offsets: asBytes(offsets), data: new Uint8Array(Buffer.concat(texts)) };
}

/** One text of fixed length; bytes are read as UTF-8. @param key for problems */
export function textOf(bytes: Uint8Array, type: Extract<NpyType, { readonly kind: "text" }>, key: string): string {
  if (type.codePointBytes === 4) {
    try {
      return textOfUcs4(bytes, !type.bigEndian);
    } catch (error) {
      throw error instanceof RangeError ? damaged(key, "a number that is no character", error) : error;
    }
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text.replace(/\0+$/, "");
}

/** A bit for each byte, least significant first. */
function bitmapOf(rows: Uint8Array): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(rows.length / 8));
  for (const [row, value] of rows.entries()) {
    if (value !== 0) bitmap[row >> 3] = (bitmap[row >> 3] as number) | (1 << (row & 7));
  }
  return bitmap;
}
