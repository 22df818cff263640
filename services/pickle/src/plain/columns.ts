import type { DataType } from "@sluice/core";
import { type ColumnSpec, type TableBatch, TableSpec } from "@sluice/proto";
import { type Spool, SpooledPart } from "@sluice/sink";
import { type Cell, TableValues } from "@sluice/spikes";
import type { PickleFile } from "../pickle-file.ts";
import { op, type Protocol } from "../python/opcodes.ts";
import { Pickler } from "../python/pickler.ts";
import { fromCell } from "../python/value.ts";
import { writeValue } from "../python/write-value.ts";

interface Column {
  readonly spec: ColumnSpec;
  /** Values of an array, or opcodes of the items of a list. */
  readonly content: SpooledPart;
}

/** True for a column that is an array; texts, and columns where rows may lack a value, are lists. */
function isArrayColumn({ dataType, nullable }: ColumnSpec): boolean {
  return dataType !== "string" && !nullable;
}

/** The columns of a table on their way: arrays of numbers; texts, and whatever may be missing (None), as lists. */
export class Columns {
  rows = 0;
  readonly table: TableSpec;
  readonly #protocol: Protocol;
  readonly #columns: readonly Column[];

  constructor(table: TableSpec, spool: Spool, protocol: Protocol) {
    this.table = table;
    this.#protocol = protocol;
    this.#columns = table.columns.map((spec) => ({ spec, content: new SpooledPart(spool) }));
  }

  async take(batch: TableBatch): Promise<void> {
    this.rows += batch.rows;
    const lists = listsOf(this.table, batch);
    for (const [index, { spec, content }] of this.#columns.entries()) {
      const values = batch.columns[index];
      if (isArrayColumn(spec)) await content.append(values?.data ?? new Uint8Array(0));
      else await content.append(this.#opcodes(spec, lists.get(spec.name) ?? []));
    }
  }

  /** Writes the dict of the columns. */
  async write(file: PickleFile): Promise<void> {
    const { pickler } = file;
    pickler.code(op.emptyDict);
    pickler.memoize();
    for (const index of pickler.items(this.#columns.length, "setitems")) {
      const { spec, content } = this.#columns[index] as Column;
      pickler.text(spec.name);
      if (isArrayColumn(spec)) {
        const form = { dataType: spec.dataType as DataType, shape: [this.rows] };
        const payload = { length: content.length, pieces: () => content.pieces() };
        await file.array(form, payload, `tables.${this.table.name}.${spec.name}`);
      } else {
        pickler.code(op.emptyList);
        pickler.memoize();
        await file.opcodes(content);
      }
    }
  }

  /** Items of a list, and what adds them to it. */
  #opcodes(spec: ColumnSpec, cells: readonly Cell[]): Uint8Array {
    const pickler = new Pickler(this.#protocol, { memoizes: false });
    for (const index of pickler.items(cells.length, "appends"))
      writeValue(pickler, fromCell(cells[index] as Cell, spec));
    return pickler.take();
  }
}

/** Cells of the columns of a batch that are lists, by name. */
function listsOf(table: TableSpec, batch: TableBatch): ReadonlyMap<string, readonly Cell[]> {
  const isList = table.columns.map((column) => !isArrayColumn(column));
  const values = new TableValues({ ...table, columns: table.columns.filter((_, index) => isList[index]) });
  values.take({ ...batch, columns: batch.columns.filter((_, index) => isList[index]) });
  return new Map(values.columns.map(({ spec, cells }) => [spec.name, cells]));
}
