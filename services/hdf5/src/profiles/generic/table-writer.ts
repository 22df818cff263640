import { asElements, isDataType } from "@sluice/core";
import type { GroupWriter, StorageOptions } from "@sluice/hdf5";
import type { ColumnBuffer, ColumnSpec, TableBatch, TableSpec } from "@sluice/proto";
import { linkName } from "./object-path.ts";
import { SeriesWriter } from "./series-writer.ts";
import { TextWriter } from "./text-writer.ts";

/** A table: one dataset for each column; for columns that may hold nulls, a mask beside the table. */
export class TableWriter {
  readonly #columns: readonly ColumnWriter[];

  /** @param masks the group for the masks of this table, made when a column needs it */
  constructor(group: GroupWriter, masks: () => GroupWriter, table: TableSpec, filters: StorageOptions, holds = true) {
    this.#columns = table.columns.map((column) => new ColumnWriter(group, masks, column, filters, holds));
  }

  async write({ columns, rows }: TableBatch): Promise<void> {
    for (const [index, column] of this.#columns.entries()) await column.write(columns[index] as ColumnBuffer, rows);
  }

  async end(): Promise<void> {
    for (const column of this.#columns) await column.end();
  }
}

class ColumnWriter {
  readonly #column: ColumnSpec;
  readonly #values: SeriesWriter | TextWriter;
  readonly #nulls: SeriesWriter | undefined;

  constructor(
    group: GroupWriter,
    masks: () => GroupWriter,
    column: ColumnSpec,
    filters: StorageOptions,
    holds: boolean,
  ) {
    const name = linkName(column.name);
    const { dataType } = column;
    this.#column = column;
    this.#values = isDataType(dataType)
      ? new SeriesWriter(group, name, dataType, filters, holds)
      : new TextWriter(group, name);
    if (column.nullable) this.#nulls = new SeriesWriter(masks(), name, "bool", filters, holds);
  }

  async write({ data, offsets, validity }: ColumnBuffer, rows: number): Promise<void> {
    await this.#nulls?.append(nullMask(validity, rows));
    if (this.#values instanceof SeriesWriter) return this.#values.append(data);
    const ends = asElements("int32", offsets);
    await this.#values.append(
      Array.from({ length: rows }, (_, row) => decoder.decode(data.subarray(ends[row], ends[row + 1]))),
    );
  }

  async end(): Promise<void> {
    await this.#nulls?.end();
    const { attributes } = await this.#values.end();
    const { name, unit, description } = this.#column;
    if (linkName(name) !== name) attributes.set("sluice_name", JSON.stringify(name));
    if (unit !== "") attributes.set("units", unit);
    if (description !== "") attributes.set("description", description);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One byte for each row: 1 where there is no value. An empty bitmap: none is missing. */
function nullMask(validity: Uint8Array, rows: number): Uint8Array {
  if (validity.length === 0) return new Uint8Array(rows);
  return Uint8Array.from({ length: rows }, (_, row) => 1 - (((validity[row >> 3] as number) >> (row & 7)) & 1));
}
