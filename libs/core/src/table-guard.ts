import type { ColumnBuffer, ColumnSpec, TableBatch, TableSpec } from "@sluice/proto";
import { asElements, isDataType, itemSize } from "./data-type.ts";
import { SluiceError } from "./problem.ts";

/** Holds the batches of one table against its spec: consecutive rows, whole columns. */
export class TableGuard {
  readonly table: TableSpec;
  /** Rows that came. */
  rows = 0;

  /** @param table of a header that `checkHeader` has passed */
  constructor(table: TableSpec) {
    this.table = table;
  }

  /** Throws what is wrong with the batch. */
  admit(batch: TableBatch): void {
    const most = this.table.rows ?? Number.MAX_SAFE_INTEGER;
    if (batch.firstRow !== this.rows || !isCount(batch.rows) || this.rows + batch.rows > most) {
      throw this.#error("", {
        message: "The rows of a table must follow each other without gap, and be as many as it says.",
        got: `${batch.rows} rows from row ${batch.firstRow} on`,
        allowed: [`rows from ${this.rows} on${this.table.rows === undefined ? "" : `, ${most} in all`}`],
        remedy: "Send rows in order, each once.",
      });
    }
    if (batch.columns.length !== this.table.columns.length) {
      throw this.#error("", {
        message: "The batch has another number of columns than the table.",
        got: `${batch.columns.length} columns`,
        allowed: [`${this.table.columns.length} columns`],
        remedy: "Send one buffer for each column, in order.",
      });
    }
    for (const [index, column] of this.table.columns.entries()) {
      const fault = columnFault(column, batch.columns[index] as ColumnBuffer, batch.rows);
      if (fault) {
        const remedy = "Send buffers in the layout of the column's type.";
        throw this.#error(`.${column.name}`, { message: "A column's buffer does not fit its rows.", ...fault, remedy });
      }
    }
    this.rows += batch.rows;
  }

  #error(column: string, parts: { message: string; got: string; allowed: string[]; remedy: string }): SluiceError {
    return new SluiceError({ reason: "TABLE_BATCH_INVALID", field: `tables.${this.table.name}${column}`, ...parts });
  }
}

interface ColumnFault {
  readonly got: string;
  readonly allowed: string[];
}

function columnFault(column: ColumnSpec, buffer: ColumnBuffer, rows: number): ColumnFault | undefined {
  const { validity, offsets, data } = buffer;
  const bitmapBytes = Math.ceil(rows / 8);
  if (validity.length > 0 && (!column.nullable || validity.length !== bitmapBytes)) {
    return {
      got: `a validity bitmap of ${validity.length} bytes`,
      allowed: column.nullable ? [`${bitmapBytes} bytes`, "none"] : ["none: the column is not nullable"],
    };
  }
  if (isDataType(column.dataType)) {
    const bytes = rows * itemSize[column.dataType];
    if (data.length === bytes && offsets.length === 0) return undefined;
    return { got: `${data.length} bytes and ${offsets.length} of offsets`, allowed: [`${bytes} bytes, no offsets`] };
  }
  if (offsets.length !== 4 * (rows + 1)) {
    return { got: `${offsets.length} bytes of offsets`, allowed: [`${4 * (rows + 1)} bytes`] };
  }
  const ends = asElements("int32", offsets);
  const ascending = ends.every((end, row) => end >= (row === 0 ? 0 : (ends[row - 1] as number)));
  if (ascending && ends[0] === 0 && ends[rows] === data.length) return undefined;
  return { got: `offsets from ${ends[0]} to ${ends[rows]}`, allowed: [`ascending from 0 to ${data.length}`] };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
