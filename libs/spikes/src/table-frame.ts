import { asBytes } from "@sluice/core";
import { type ColumnBuffer, ColumnSpec, type Frame, TableSpec } from "@sluice/proto";

/** Values of a column as loaders have them; null where there is none. */
export interface NewColumn {
  readonly name: string;
  readonly dataType: "int64" | "float64" | "bool" | "string";
  readonly values: readonly (string | number | bigint | boolean | null)[];
  readonly unit?: string;
  readonly description?: string;
}

/** A table of these columns, with its one batch. */
export function tableOf(
  tableId: number,
  name: string,
  rows: number,
  columns: readonly NewColumn[],
): { readonly spec: TableSpec; readonly frame: Frame } {
  const spec = TableSpec.fromPartial({
    tableId,
    name,
    rows,
    columns: columns.map(({ values, name: column, dataType, unit = "", description = "" }) =>
      ColumnSpec.fromPartial({ name: column, dataType, unit, description, nullable: values.includes(null) }),
    ),
  });
  const batch = { tableId, firstRow: 0, rows, columns: columns.map(bufferOf) };
  return { spec, frame: { sequence: 0, content: { $case: "batch", value: batch } } };
}

function bufferOf({ dataType, values }: NewColumn): ColumnBuffer {
  const offsets = new Uint8Array(0);
  const validity = validityOf(values);
  switch (dataType) {
    case "string":
      return { validity, ...textsOf(values) };
    case "bool":
      return { validity, offsets, data: Uint8Array.from(values, (value) => (value ? 1 : 0)) };
    case "int64":
      return {
        validity,
        offsets,
        data: asBytes(BigInt64Array.from(values, (value) => BigInt((value ?? 0) as number | bigint))),
      };
    case "float64":
      return { validity, offsets, data: asBytes(Float64Array.from(values, (value) => Number(value ?? 0))) };
  }
}

function validityOf(values: readonly unknown[]): Uint8Array {
  if (!values.includes(null)) return new Uint8Array(0);
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) {
    if (value !== null) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return bits;
}

function textsOf(values: NewColumn["values"]): Pick<ColumnBuffer, "offsets" | "data"> {
  const parts = values.map((value) => Buffer.from(value === null ? "" : String(value)));
  const offsets = new Int32Array(parts.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = (offsets[index] as number) + part.length;
  return { offsets: asBytes(offsets), data: new Uint8Array(Buffer.concat(parts)) };
}
