import type { Cell, Column, TableValues } from "./table-values.ts";

/** Names under which tables of units keep what formats ask for, the first that is there counts. */
const names = {
  id: ["cluster_id", "unit_id", "id"],
  /** SpikeLab's order (`SpikeData.electrodes`). */
  channel: ["electrode", "channel", "ch"],
  group: ["group", "quality", "KSLabel"],
} as const;

/** What a column of the table of units means. */
export type UnitRole = keyof typeof names;

/** The column of a role, if the table has one. */
export function unitColumn(table: TableValues | undefined, role: UnitRole): Column | undefined {
  for (const name of names[role]) {
    const column = table?.column(name);
    if (column) return column;
  }
  return undefined;
}

/** Cells as integers below 2^53; undefined when one of them is none. */
export function integersOf(cells: readonly Cell[]): number[] | undefined {
  const values = cells.map((cell) =>
    typeof cell === "number" || typeof cell === "bigint" ? Number(cell) : Number.NaN,
  );
  return values.every(Number.isSafeInteger) ? values : undefined;
}

/** Cells as numbers, NaN where there is none; undefined when one of them is a text, a truth value or complex. */
export function numbersOfCells(cells: readonly Cell[]): number[] | undefined {
  const isNumber = (cell: Cell) => cell === null || typeof cell === "number" || typeof cell === "bigint";
  return cells.every(isNumber) ? cells.map((cell) => (cell === null ? Number.NaN : Number(cell))) : undefined;
}
