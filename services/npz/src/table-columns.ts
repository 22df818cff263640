import { type DataType, dropped } from "@sluice/core";
import { descrOf, textDescr } from "@sluice/npy";
import { type ColumnSpec, type Loss, type TableBatch } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import { type PlannedTable, validKey } from "./keys.ts";
import type { Member, RawBlock } from "./member.ts";
import type { FinishedMember } from "./npz-file.ts";
import { TextColumn } from "./text-column.ts";

interface Column {
  readonly spec: ColumnSpec;
  readonly values: Member;
  readonly valid: Member | undefined;
  readonly texts: TextColumn | undefined;
}

/** The columns of a table as arrays: rows without a value hold 0 or no text, and are false in `KEY_valid`. */
export class TableColumns {
  readonly planned: PlannedTable;
  rows = 0;
  readonly #columns: readonly Column[];

  constructor(planned: PlannedTable, spool: Spool, newMember: (key: string) => Member) {
    this.planned = planned;
    this.#columns = planned.columns.map(({ column, key }) => ({
      spec: column,
      values: newMember(key),
      valid: column.nullable ? newMember(validKey(key)) : undefined,
      texts:
        column.dataType === "string" ? new TextColumn(`tables.${planned.table.name}.${column.name}`, spool) : undefined,
    }));
  }

  /** Takes a batch; texts wait until all have come. */
  async *take({ rows, columns }: TableBatch): AsyncGenerator<RawBlock> {
    this.rows += rows;
    for (const [index, { values, valid, texts }] of this.#columns.entries()) {
      const buffer = columns[index];
      if (!buffer) continue;
      if (texts) await texts.take(buffer, rows);
      else yield* values.take(buffer.data);
      if (valid) yield* valid.take(validRows(buffer.validity, rows));
    }
  }

  /** What is left when all batches have come. */
  async *rest(): AsyncGenerator<RawBlock> {
    for (const { values, valid, texts } of this.#columns) {
      if (texts) for await (const bytes of texts.ucs4()) yield* values.take(bytes);
      yield* values.rest();
      if (valid) yield* valid.rest();
    }
  }

  finished(): FinishedMember[] {
    const shape = [this.rows];
    return this.#columns.flatMap(({ spec, values, valid, texts }) => [
      { member: values, descr: texts ? textDescr(texts.longest) : descrOf[spec.dataType as DataType], shape },
      ...(valid ? [{ member: valid, descr: descrOf.bool, shape }] : []),
    ]);
  }

  /** NULs at the end of texts, which NumPy takes for padding. */
  losses(): Loss[] {
    return this.#columns
      .filter(({ texts }) => texts && texts.endingInNul > 0)
      .map(({ spec, texts }) => {
        const message = "NumPy takes NUL characters at the end of a text for padding.";
        return dropped(`tables.${this.planned.table.name}.${spec.name}`, message, texts?.endingInNul);
      });
  }
}

/** One byte for each row of a bitmap, which is empty when all rows hold a value. */
function validRows(validity: Uint8Array, rows: number): Uint8Array {
  const bytes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    bytes[row] = validity.length === 0 ? 1 : ((validity[row >> 3] as number) >> (row & 7)) & 1;
  }
  return bytes;
}
