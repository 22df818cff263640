import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { type Column, integersOf, type TableValues, unitColumn } from "@sluice/spikes";

/** Ids that are integers, and the column that has them. */
export function unitIds(values: TableValues): { readonly column: Column; readonly ids: readonly number[] } | undefined {
  const column = unitColumn(values, "id");
  const ids = column && integersOf(column.cells);
  return column && ids && { column, ids };
}

/** What nwbinspector would say of the ids. */
export function idWarnings(values: TableValues): Problem[] {
  const own = unitIds(values);
  if (!own || new Set(own.ids).size === own.ids.length) return [];
  return [
    warning({
      reason: "UNIT_IDS_REPEATED",
      message: "Units have the same id (check_ids_unique).",
      field: `tables.${values.spec.name}.${own.column.spec.name}`,
      remedy: "Give each unit an id of its own.",
    }),
  ];
}
