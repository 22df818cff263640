import { dropped, warning } from "@sluice/core";
import type { Loss, Problem } from "@sluice/proto";
import type { Column, TableValues } from "@sluice/spikes";
import { cellData } from "./cell-data.ts";
import type { DynamicTable } from "./dynamic-table.ts";

/** What became of the columns of a table. */
export interface Kept {
  readonly losses: Loss[];
  readonly warnings: Problem[];
}

/**
 * Writes columns that NWB has no name for, under their own names.
 *
 * @param reserved names that mean something else in this table
 */
export async function writeCustomColumns(
  table: DynamicTable,
  values: TableValues,
  skipped: ReadonlySet<string>,
  reserved: ReadonlySet<string>,
): Promise<Kept> {
  const kept: Kept = { losses: [], warnings: [] };
  for (const column of values.columns) {
    const { name } = column.spec;
    if (skipped.has(name)) continue;
    const field = `tables.${values.spec.name}.${name}`;
    const data = cellData(column, field);
    if (!data) {
      kept.losses.push(dropped(field, "Complex numbers have no place in a table of NWB."));
      continue;
    }
    const own = columnName(name, new Set([...table.names, ...reserved]));
    if (own !== name) kept.warnings.push(renamed(field, own));
    kept.losses.push(...data.losses);
    await table.column(own, data.data, { type: data.type, description: describe(column), shape: [values.rows] });
  }
  return kept;
}

/** Its description, or what its name and unit say. */
export function describe({ spec: { name, unit, description } }: Column): string {
  if (description !== "") return description;
  return unit === "" ? `Values of ${JSON.stringify(name)}.` : `Values of ${JSON.stringify(name)} in ${unit}.`;
}

/** A name that a dataset can have, that no inspector complains of, and that is free. */
function columnName(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replaceAll(/[/\\:\0]/g, "_") || "column";
  const safe = plain === "." || plain === ".." ? "column" : plain;
  let own = safe;
  for (let count = 2; taken.has(own) || taken.has(`${own}_index`); count++) own = `${safe}_${count}`;
  return own;
}

function renamed(field: string, name: string): Problem {
  return warning({
    reason: "COLUMN_RENAMED",
    message: "The column has a name that NWB cannot have there, or that means something else.",
    field,
    got: `written as ${JSON.stringify(name)}`,
    remedy: "Rename the column.",
  });
}
