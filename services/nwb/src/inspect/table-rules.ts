import { type DataType, itemSize, warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { type Column, numbersOfCells, type TableValues } from "@sluice/spikes";

/** A check of nwbinspector that looks at the cells of a column, which another program made. */
interface ColumnRule {
  /** Its name in nwbinspector, 0.7. */
  readonly check: string;
  readonly importance: "violation" | "suggestion";
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
  /** What is found of a column that has rows; undefined for nothing. */
  examine(column: Column): string | undefined;
}

/** Two values that mean yes and no. */
const truthPairs: readonly (readonly [string, string])[] = [
  ["1", "0"],
  ["yes", "no"],
  ["y", "n"],
  ["true", "false"],
  ["t", "f"],
  ["hit", "miss"],
];

const rules: readonly ColumnRule[] = [
  {
    check: "check_table_values_for_dict",
    importance: "violation",
    reason: "COLUMN_HOLDS_OBJECTS",
    message: "Texts in a table are to be plain, and some hold whole objects.",
    remedy: "Make a column of each of their fields.",
    examine: ({ cells }) => cells.find((cell): cell is string => typeof cell === "string" && /\{.+:.+\}/.test(cell)),
  },
  {
    check: "check_col_not_nan",
    importance: "suggestion",
    reason: "COLUMN_WITHOUT_VALUES",
    message: "No cell of the column has a value.",
    remedy: "Leave the column out.",
    examine: ({ spec, cells }) =>
      spec.dataType !== "string" && cells.every((cell) => cell === null || Number.isNaN(cell))
        ? `${cells.length} rows`
        : undefined,
  },
  {
    check: "check_column_binary_capability",
    importance: "suggestion",
    reason: "COLUMN_OF_TRUTH_VALUES",
    message: "The column tells yes from no, and is not of truth values.",
    remedy: "Send bool.",
    examine: ({ spec, cells }) => {
      if (spec.dataType !== "string" && itemSize[spec.dataType as DataType] === 1) return undefined;
      const values = new Set(cells.map((cell) => String(cell).toLowerCase()));
      const isPair = values.size === 2 && truthPairs.some((pair) => pair.every((value) => values.has(value)));
      return isPair ? [...values].join(" and ") : undefined;
    },
  },
  {
    check: "check_table_time_columns_are_not_negative",
    importance: "suggestion",
    reason: "COLUMN_BEFORE_SESSION",
    message: "The times of the column begin before the session.",
    remedy: "Set the start of the session before them, and count times from there.",
    examine: ({ spec, cells }) => {
      const [first = 0] = spec.name.endsWith("_time") ? (numbersOfCells(cells.slice(0, 1)) ?? []) : [];
      return first < 0 ? String(first) : undefined;
    },
  },
];

/** What nwbinspector would say of the columns of a table. Of a table without a row nothing is written. */
export function inspectColumns(values: TableValues, suggestions: boolean): Problem[] {
  if (values.rows === 0) return [];
  return rules
    .filter(({ importance }) => suggestions || importance !== "suggestion")
    .flatMap(({ check, importance, reason, message, remedy, examine }) =>
      values.columns.flatMap((column) => {
        const got = examine(column);
        if (got === undefined) return [];
        const field = `tables.${values.spec.name}.${column.spec.name}`;
        const said = `${message} (nwbinspector, ${importance}: ${check})`;
        return [warning({ reason, message: said, field, got: got.slice(0, 80), remedy })];
      }),
    );
}
