import { dropped } from "@sluice/core";
import type { TableValues } from "@sluice/spikes";
import type { NwbFile } from "../../model/nwb-file.ts";
import { writeCustomColumns } from "../../tables/custom-columns.ts";
import { DynamicTable } from "../../tables/dynamic-table.ts";
import type { Content, ContentFindings } from "../content.ts";
import { secondsIn } from "./interval-values.ts";
import type { IntervalsPlan } from "./intervals-plan.ts";

const reservedNames: ReadonlySet<string> = new Set(["id", "start_time", "stop_time", "tags", "timeseries"]);

/** A table of intervals. */
export class Intervals implements Content {
  readonly #file: NwbFile;
  readonly #plan: IntervalsPlan;
  readonly #values: TableValues;

  /** @param values the table, which is complete by `end` */
  constructor(file: NwbFile, plan: IntervalsPlan, values: TableValues) {
    this.#file = file;
    this.#plan = plan;
    this.#values = values;
  }

  gridOf(): undefined {
    return undefined;
  }

  async take(): Promise<void> {}

  async end(): Promise<ContentFindings> {
    const { name, table } = this.#plan;
    const field = `tables.${table.name}`;
    if (this.#values.rows === 0) {
      const message = "NWB has no tables without a row (check_empty_table); the table is left out.";
      return { losses: [dropped(field, message)], warnings: [], origins: [], exactArrays: [] };
    }
    const [start, stop] = [secondsIn(this.#values, this.#plan.start), secondsIn(this.#values, this.#plan.stop)];
    const what = name === "trials" ? "Trials of the session." : "Epochs of the session.";
    const written = new DynamicTable(this.#file, `intervals/${name}`, "TimeIntervals", what);
    await written.column("start_time", start, { type: "float64", description: "Start of the interval, in seconds." });
    await written.column("stop_time", stop, { type: "float64", description: "End of the interval, in seconds." });
    const used = new Set([this.#plan.start, this.#plan.stop]);
    const kept = await writeCustomColumns(written, this.#values, used, reservedNames);
    await written.end(start.map((_, row) => row));
    return { ...kept, origins: [], exactArrays: [] };
  }
}
