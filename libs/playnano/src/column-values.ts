import { asElements, type DataType, float16ToFloat32 } from "@sluice/core";
import type { ColumnBuffer, ColumnSpec } from "@sluice/proto";

/** Values of a column in one batch as JSON has them: integers beyond 2^53 as text, not finite numbers and nulls as null. */
export function columnValues(column: ColumnSpec, buffer: ColumnBuffer, rows: number): unknown[] {
  const valueAt = column.dataType === "string" ? texts(buffer) : numbers(column.dataType as DataType, buffer.data);
  const { validity } = buffer;
  const isNull = (row: number) => validity.length > 0 && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0;
  return Array.from({ length: rows }, (_, row) => (isNull(row) ? null : valueAt(row)));
}

function texts({ offsets, data }: ColumnBuffer): (row: number) => string {
  const ends = asElements("int32", offsets);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (row) => bytes.toString("utf8", ends[row], ends[row + 1]);
}

function numbers(dataType: DataType, data: Uint8Array): (row: number) => unknown {
  const elements = asElements(dataType, data);
  if (dataType === "bool") return (row) => elements[row] !== 0;
  const values = dataType === "float16" ? float16ToFloat32(elements as Uint16Array) : elements;
  return (row) => {
    const value = values[row] as number | bigint;
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  };
}
