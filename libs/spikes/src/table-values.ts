import { asElements, type DataType, float16ToFloat32, itemSize } from "@sluice/core";
import type { ColumnBuffer, ColumnSpec, TableBatch, TableSpec } from "@sluice/proto";

/** A cell: null where the table holds none. Integers of 64 bits are bigint; complex numbers real and imaginary part. */
export type Cell = string | number | bigint | boolean | readonly [number, number] | null;

/** A column with all its values. */
export interface Column {
  readonly spec: ColumnSpec;
  readonly cells: readonly Cell[];
}

/**
 * The values of a table, gathered from its batches: for the tables of units and of electrodes, which stand in memory
 * (about 16 bytes a cell, and the texts).
 */
export class TableValues {
  readonly spec: TableSpec;
  /** Rows so far. */
  rows = 0;
  readonly #cells: Cell[][];

  constructor(spec: TableSpec) {
    this.spec = spec;
    this.#cells = spec.columns.map(() => []);
  }

  /** Takes the next rows. */
  take({ rows, columns }: TableBatch): void {
    for (const [index, column] of this.spec.columns.entries()) {
      const buffer = columns[index];
      if (buffer) appendCells(this.#cells[index] as Cell[], column, buffer, rows);
    }
    this.rows += rows;
  }

  get columns(): readonly Column[] {
    return this.spec.columns.map((spec, index) => ({ spec, cells: this.#cells[index] as Cell[] }));
  }

  /** The same with more columns, under names that are free. @param rows of all columns */
  withColumns(columns: readonly Column[], rows: number): TableValues {
    const specs = [...this.spec.columns];
    for (const { spec } of columns) {
      let { name } = spec;
      for (let count = 2; specs.some((other) => other.name === name); count++) name = `${spec.name}_${count}`;
      specs.push({ ...spec, name });
    }
    const more = new TableValues({ ...this.spec, rows, columns: specs });
    for (const [index, cells] of [...this.#cells, ...columns.map((column) => column.cells)].entries()) {
      more.#cells[index] = [...cells];
    }
    more.rows = rows;
    return more;
  }

  /** The column of that name. */
  column(name: string): Column | undefined {
    return this.columns.find(({ spec }) => spec.name === name);
  }
}

function appendCells(cells: Cell[], { dataType }: ColumnSpec, buffer: ColumnBuffer, rows: number): void {
  const valueAt = dataType === "string" ? textsOf(buffer) : numbersOf(dataType as DataType, buffer.data);
  const { validity } = buffer;
  for (let row = 0; row < rows; row++) {
    const valid = validity.length === 0 || ((validity[row >> 3] as number) & (1 << (row & 7))) !== 0;
    cells.push(valid ? valueAt(row) : null);
  }
}

function textsOf({ offsets, data }: ColumnBuffer): (row: number) => Cell {
  const ends = asElements("int32", offsets);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return (row) => bytes.toString("utf8", ends[row], ends[row + 1]);
}

/** Elements of an array as cells. */
export function numberCells(dataType: DataType, data: Uint8Array): Cell[] {
  const valueAt = numbersOf(dataType, data);
  return Array.from({ length: data.length / itemSize[dataType] }, (_, index) => valueAt(index));
}

function numbersOf(dataType: DataType, data: Uint8Array): (row: number) => Cell {
  const elements = asElements(dataType, data);
  if (dataType === "bool") return (row) => elements[row] !== 0;
  if (dataType === "complex64" || dataType === "complex128") {
    return (row) => [elements[2 * row] as number, elements[2 * row + 1] as number];
  }
  const values = dataType === "float16" ? float16ToFloat32(elements as Uint16Array) : elements;
  return (row) => values[row] as number | bigint;
}
