import { asBytes, asElements, type DatasetHeader, type DataType } from "@sluice/core";
import type { ColumnSpec, Frame, TableBatch, TableSpec } from "@sluice/proto";
import type { ImageOutline } from "./image-outline.ts";

/** Column of numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly dataType: "int32" | "float64";
  readonly unit?: string;
  readonly description: string;
}

/** The spec of a new table of the dataset, which has as many rows as come. */
export function tableSpec(header: DatasetHeader, name: string, columns: readonly NumberColumn[]): TableSpec {
  return {
    tableId: 1 + header.tables.reduce((most, table) => Math.max(most, table.tableId), 0),
    name,
    columns: columns.map(({ unit = "", ...column }) => ({ ...column, unit, nullable: false })),
    rows: undefined,
    attributes: undefined,
  };
}

/** The outline with a table added. */
export function withTable(outline: ImageOutline, table: TableSpec): ImageOutline {
  return { ...outline, header: { ...outline.header, tables: [...outline.header.tables, table] } };
}

/** Makes batches of rows. */
export class TableWriter {
  readonly #table: TableSpec;
  #rows = 0;

  constructor(table: TableSpec) {
    this.#table = table;
  }

  /** The next rows, a value for each column; nothing when there are none. */
  batch(rows: readonly (readonly number[])[]): Frame[] {
    if (rows.length === 0) return [];
    const columns = this.#table.columns.map(({ dataType }, index) => {
      const values = rows.map((row) => row[index] as number);
      const data = asBytes(dataType === "int32" ? Int32Array.from(values) : Float64Array.from(values));
      return { validity: new Uint8Array(0), offsets: new Uint8Array(0), data };
    });
    const value = { tableId: this.#table.tableId, firstRow: this.#rows, rows: rows.length, columns };
    this.#rows += rows.length;
    return [{ sequence: 0, content: { $case: "batch", value } }];
  }
}

/** The numbers of a column of a batch. @throws RangeError when the table has no such column */
export function columnNumbers({ columns }: TableSpec, batch: TableBatch, name: string): Float64Array {
  const index = columns.findIndex((column) => column.name === name);
  if (index === -1) throw new RangeError(`The table has no column ${name}.`);
  const { dataType } = columns[index] as ColumnSpec;
  const data = (batch.columns[index] as TableBatch["columns"][number]).data;
  return Float64Array.from(asElements(dataType as DataType, data) as ArrayLike<number>, Number);
}
