import { type AssemblyItem, Code, type DatasetHeader, dropped, SluiceError, toSeconds, warning } from "@sluice/core";
import type { Loss, Problem, TableSpec } from "@sluice/proto";
import { type Column, numbersOfCells, TableValues } from "@sluice/spikes";
import type { NwbFile } from "../../model/nwb-file.ts";
import { writeCustomColumns } from "../../tables/custom-columns.ts";
import { DynamicTable } from "../../tables/dynamic-table.ts";
import type { Content, ContentFindings } from "../content.ts";

/** Names under which tables keep the bounds of intervals; the first that is there counts. */
const names = {
  start: ["start_time", "start", "onset", "start_seconds"],
  stop: ["stop_time", "stop", "end", "end_time", "offset", "stop_seconds"],
} as const;

const reservedNames: ReadonlySet<string> = new Set(["id", "start_time", "stop_time", "tags", "timeseries"]);

/** A table of intervals and what it becomes. */
export interface IntervalsPlan {
  readonly table: TableSpec;
  /** Name below `/intervals`. */
  readonly name: "trials" | "epochs";
  /** Names of the columns. */
  readonly start: string;
  readonly stop: string;
}

/** Trials and epochs of the first responses; adds tables without bounds to the losses. */
export function planIntervals(header: DatasetHeader, losses: Loss[]): IntervalsPlan[] {
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
    if (start !== undefined && stop !== undefined) return [{ table, name, start, stop }];
    const message = `Intervals of NWB need columns of numbers, ${names.start[0]} and ${names.stop[0]}; the table is left out.`;
    losses.push(dropped(`tables.${table.name}`, message));
    return [];
  });
}

/** A table of intervals. Memory: the table. */
export class Intervals implements Content {
  readonly #file: NwbFile;
  readonly #plan: IntervalsPlan;
  readonly #values: TableValues;

  constructor(file: NwbFile, plan: IntervalsPlan) {
    this.#file = file;
    this.#plan = plan;
    this.#values = new TableValues(plan.table);
  }

  gridOf(): undefined {
    return undefined;
  }

  async take(item: AssemblyItem): Promise<void> {
    if (item.kind === "batch" && item.table === this.#plan.table) this.#values.take(item.batch);
  }

  async end(): Promise<ContentFindings> {
    const { name, table } = this.#plan;
    const field = `tables.${table.name}`;
    if (this.#values.rows === 0) {
      const message = "NWB has no tables without a row (check_empty_table); the table is left out.";
      return { losses: [dropped(field, message)], warnings: [], origins: [], exactArrays: [] };
    }
    const [start, stop] = [this.#seconds(this.#plan.start), this.#seconds(this.#plan.stop)];
    const what = name === "trials" ? "Trials of the session." : "Epochs of the session.";
    const written = new DynamicTable(this.#file, `intervals/${name}`, "TimeIntervals", what);
    await written.column("start_time", start, { type: "float64", description: "Start of the interval, in seconds." });
    await written.column("stop_time", stop, { type: "float64", description: "End of the interval, in seconds." });
    const used = new Set([this.#plan.start, this.#plan.stop]);
    const kept = await writeCustomColumns(written, this.#values, used, reservedNames);
    await written.end(start.map((_, row) => row));
    return {
      losses: kept.losses,
      warnings: [...kept.warnings, ...doubts(start, stop, field)],
      origins: [],
      exactArrays: [],
    };
  }

  /** A column of times in seconds; of a unit of time where it says one. */
  #seconds(name: string): number[] {
    const { spec, cells } = this.#values.column(name) as Column;
    const values = numbersOfCells(cells) ?? [];
    if (spec.unit === "") return values;
    return values.map((value) => {
      const seconds = toSeconds(value, spec.unit);
      if (seconds !== undefined) return seconds;
      throw new SluiceError({
        reason: "INTERVAL_UNIT_UNKNOWN",
        message: "Bounds of intervals are times.",
        field: `tables.${this.#values.spec.name}.${name}`,
        got: JSON.stringify(spec.unit),
        allowed: ["second", "millisecond", "s", "ms"],
        grpcCode: Code.INVALID_ARGUMENT,
      });
    });
  }
}

/** What nwbinspector would say of the bounds. */
function doubts(start: readonly number[], stop: readonly number[], field: string): Problem[] {
  const found: Problem[] = [];
  const note = (reason: string, message: string, rows: number) => {
    if (rows > 0) found.push(warning({ reason, message, field, got: `${rows} rows`, remedy: "Correct the table." }));
  };
  const falls = start.filter((time, row) => row > 0 && time < (start[row - 1] as number)).length;
  note("INTERVALS_UNORDERED", "Intervals do not ascend by their start (check_time_interval_time_columns).", falls);
  const reversed = stop.filter((time, row) => !(time > (start[row] as number))).length;
  note(
    "INTERVALS_WITHOUT_LENGTH",
    "Intervals end no later than they start (check_time_intervals_stop_after_start).",
    reversed,
  );
  const constant = start.length > 1 && new Set(start).size === 1 ? start.length : 0;
  note(
    "INTERVALS_START_ALIKE",
    "All intervals start at once (check_time_intervals_start_time_not_constant).",
    constant,
  );
  return found;
}
