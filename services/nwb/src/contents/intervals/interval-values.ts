import { toSeconds, warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { type Column, numbersOfCells, type TableValues } from "@sluice/spikes";
import { longestDurationSeconds } from "../../inspect/rule.ts";
import type { IntervalsPlan } from "./intervals-plan.ts";

/** A column of times in seconds; of a unit of time where it says one. */
export function secondsIn(values: TableValues, name: string): number[] {
  const { spec, cells } = values.column(name) as Column;
  const numbers = numbersOfCells(cells) ?? [];
  return spec.unit === "" ? numbers : numbers.map((value) => toSeconds(value, spec.unit) ?? Number.NaN);
}

/** What nwbinspector would say of the bounds. @param suggestions what it merely suggests, too */
export function intervalWarnings(values: TableValues, plan: IntervalsPlan, suggestions: boolean): Problem[] {
  const [start, stop] = [secondsIn(values, plan.start), secondsIn(values, plan.stop)];
  const field = `tables.${plan.table.name}`;
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
  const span = extreme(stop, Math.max) - extreme(start, Math.min);
  note(
    "INTERVALS_SPAN_YEARS",
    "Intervals lie more than a year apart: milliseconds, and not seconds? (check_time_intervals_duration)",
    span > longestDurationSeconds ? start.length : 0,
  );
  note(
    "INTERVALS_SINGLE",
    "A table of one interval may be better told in another way (check_single_row).",
    suggestions && start.length === 1 ? 1 : 0,
  );
  return found;
}

/** The least or the greatest of the times that are numbers. */
function extreme(times: readonly number[], of: (a: number, b: number) => number): number {
  const known = times.filter((time) => !Number.isNaN(time));
  return known.reduce((a, b) => of(a, b), known[0] ?? 0);
}
