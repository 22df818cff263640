import { type DatasetHeader, dropped, problem, toSeconds } from "@sluice/core";
import type { Loss, Problem, TableSpec } from "@sluice/proto";

/** Names under which tables keep the bounds of intervals; the first that is there counts. */
const names = {
  start: ["start_time", "start", "onset", "start_seconds"],
  stop: ["stop_time", "stop", "end", "end_time", "offset", "stop_seconds"],
} as const;

/** A table of intervals and what it becomes. */
export interface IntervalsPlan {
  readonly table: TableSpec;
  /** Name below `/intervals`. */
  readonly name: "trials" | "epochs";
  /** Names of the columns. */
  readonly start: string;
  readonly stop: string;
}

/** Trials and epochs of the first responses; adds tables without bounds to the losses, and what is wrong to the problems. */
export function planIntervals(header: DatasetHeader, problems: Problem[], losses: Loss[]): IntervalsPlan[] {
  const [responses] = header.dataset.responses;
  const wanted = [
    ["trials", responses?.trialsTable],
    ["epochs", responses?.epochsTable],
  ] as const;
  return wanted.flatMap(([name, tableName]) => {
    const table = header.tables.find((candidate) => candidate.name === tableName && tableName !== "");
    if (!table) return [];
    const find = (side: keyof typeof names) =>
      names[side].find((wantedName) =>
        table.columns.some((column) => column.name === wantedName && /^(u?int|float)/.test(column.dataType)),
      );
    const [start, stop] = [find("start"), find("stop")];
    if (start !== undefined && stop !== undefined) {
      problems.push(...unknownUnits(table, [start, stop]));
      return [{ table, name, start, stop }];
    }
    const message = `Intervals of NWB need columns of numbers, ${names.start[0]} and ${names.stop[0]}; the table is left out.`;
    losses.push(dropped(`tables.${table.name}`, message));
    return [];
  });
}

function unknownUnits({ name, columns }: TableSpec, bounds: readonly string[]): Problem[] {
  return columns
    .filter((column) => bounds.includes(column.name) && column.unit !== "" && toSeconds(0, column.unit) === undefined)
    .map((column) =>
      problem({
        reason: "INTERVAL_UNIT_UNKNOWN",
        message: "Bounds of intervals are times.",
        field: `tables.${name}.${column.name}`,
        got: JSON.stringify(column.unit),
        allowed: ["second", "millisecond", "s", "ms"],
      }),
    );
}
