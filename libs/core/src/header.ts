import type { Problem, TableSpec } from "@sluice/proto";
import { checkArray } from "./check-array.ts";
import { checkReferences } from "./check-references.ts";
import { dataTypes, isDataType } from "./data-type.ts";
import { FaultList, quote, specField } from "./fault-list.ts";
import type { DatasetHeader } from "./stream.ts";

/** Names every fault of a header, before the first data; none: arrays, tables and references fit together. */
export function checkHeader(header: DatasetHeader): Problem[] {
  const faults = new FaultList();
  const { arrays, tables } = header;
  const arrayFields = arrays.map(({ name }, index) => specField("arrays", index, name));
  faults.checkIds(
    "array_id",
    arrayFields,
    arrays.map((array) => array.arrayId),
  );
  faults.checkNames(
    arrayFields,
    arrays.map((array) => array.name),
  );
  for (const [index, array] of arrays.entries()) checkArray(array, arrayFields[index] as string, faults);
  const tableFields = tables.map(({ name }, index) => specField("tables", index, name));
  faults.checkIds(
    "table_id",
    tableFields,
    tables.map((table) => table.tableId),
  );
  faults.checkNames(
    tableFields,
    tables.map((table) => table.name),
  );
  for (const [index, table] of tables.entries()) checkTable(table, tableFields[index] as string, faults);
  checkReferences(header, faults);
  return faults.problems;
}

function checkTable(table: TableSpec, field: string, faults: FaultList): void {
  if (table.rows !== undefined && !(Number.isSafeInteger(table.rows) && table.rows >= 0)) {
    faults.add(`${field}.rows`, {
      reason: "SIZE_INVALID",
      message: "The row count is no count.",
      got: String(table.rows),
      allowed: ["a count >= 0, or none"],
    });
  }
  const columnFields = table.columns.map(({ name }, index) => specField(`${field}.columns`, index, name));
  faults.checkNames(
    columnFields,
    table.columns.map((column) => column.name),
  );
  for (const [index, { dataType }] of table.columns.entries()) {
    if (isDataType(dataType) || dataType === "string") continue;
    faults.add(`${columnFields[index]}.data_type`, {
      reason: "DATA_TYPE_UNKNOWN",
      message: "The data type is not one that Sluice knows.",
      got: quote(dataType),
      allowed: [...dataTypes, "string"],
      remedy: "Use the Zarr v3 name of the type.",
    });
  }
}
