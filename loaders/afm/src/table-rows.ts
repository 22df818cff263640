import { asElements, type DataType, itemSize } from "@sluice/core";
import type { Frame, TableSpec } from "@sluice/proto";

type Elements = { [index: number]: number | bigint };

const rowsPerBatch = 256;

/** Gathers rows of a table of numbers into batches. Memory: one batch. */
export class TableRows {
  readonly #spec: TableSpec;
  #firstRow = 0;
  #rows = 0;
  #columns: { bytes: Uint8Array; elements: Elements; itemSize: number }[] = [];

  constructor(spec: TableSpec) {
    this.#spec = spec;
    this.#begin();
  }

  /** Takes one value per column, in their order; gives a batch when one is full. */
  add(row: readonly (number | bigint)[]): Frame[] {
    this.#columns.forEach(({ elements }, column) => {
      elements[this.#rows] = row[column] as number | bigint;
    });
    this.#rows++;
    return this.#rows === rowsPerBatch ? this.flush() : [];
  }

  /** The batch that is not full yet, if it has rows. */
  flush(): Frame[] {
    if (this.#rows === 0) return [];
    const rows = this.#rows;
    const columns = this.#columns.map(({ bytes, itemSize: size }) => ({
      validity: new Uint8Array(0),
      offsets: new Uint8Array(0),
      data: bytes.subarray(0, rows * size),
    }));
    const value = { tableId: this.#spec.tableId, firstRow: this.#firstRow, rows, columns };
    this.#firstRow += rows;
    this.#begin();
    return [{ sequence: 0, content: { $case: "batch", value } }];
  }

  #begin(): void {
    this.#rows = 0;
    this.#columns = this.#spec.columns.map((column) => {
      const dataType = column.dataType as DataType;
      const bytes = new Uint8Array(rowsPerBatch * itemSize[dataType]);
      return { bytes, elements: asElements(dataType, bytes), itemSize: itemSize[dataType] };
    });
  }
}
