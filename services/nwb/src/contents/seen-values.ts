import type { ArraySpec, Problem, TableBatch, TableSpec } from "@sluice/proto";
import { type Onlooker, type SpikeRun, TableValues } from "@sluice/spikes";
import { inspectColumns } from "../inspect/table-rules.ts";
import type { NwbOptions } from "../options.ts";
import type { NwbPlan } from "../plan.ts";
import { locationWarnings } from "./electrodes/location-warnings.ts";
import { intervalWarnings } from "./intervals/interval-values.ts";
import { SpikeValues } from "./units/spike-values.ts";
import { idWarnings } from "./units/unit-ids.ts";

/**
 * The values that the rules look at, and the tables of a file: where they come before big arrays, they are seen before
 * the first byte. Memory: the tables.
 */
export class SeenValues implements Onlooker {
  readonly times: ArraySpec | undefined;
  readonly spikeValues: SpikeValues | undefined;
  readonly #plan: NwbPlan;
  readonly #suggestions: boolean;
  readonly #tables: ReadonlyMap<TableSpec, TableValues>;

  /** @param suggestions warn of what nwbinspector merely suggests, too */
  constructor(plan: NwbPlan, { suggestions }: Pick<NwbOptions, "suggestions">) {
    const { units, electrodes, intervals } = plan;
    const tables = [units?.spikes.units, electrodes?.table, ...intervals.map(({ table }) => table)];
    this.#plan = plan;
    this.#suggestions = suggestions;
    this.#tables = new Map(tables.flatMap((table) => (table ? [[table, new TableValues(table)]] : [])));
    this.times = units?.spikes.times;
    this.spikeValues = units && new SpikeValues(units.spikes);
  }

  get tables(): readonly TableSpec[] {
    return [...this.#tables.keys()];
  }

  /** The values of a table of the plan. */
  of(table: TableSpec): TableValues {
    return this.#tables.get(table) as TableValues;
  }

  spikes(run: SpikeRun): void {
    this.spikeValues?.spikes(run);
  }

  rows(table: TableSpec, batch: TableBatch): void {
    this.of(table).take(batch);
  }

  /** @param pending what has not come to its end: nothing is said of it */
  warnings(pending: ReadonlySet<ArraySpec | TableSpec> = new Set()): Problem[] {
    const { session, units, electrodes, intervals } = this.#plan;
    const whole = (table: TableSpec | undefined) => (table && !pending.has(table) ? [this.of(table)] : []);
    return [
      ...(this.times && !pending.has(this.times) ? (this.spikeValues?.warnings() ?? []) : []),
      ...whole(units?.spikes.units).flatMap(idWarnings),
      ...(electrodes
        ? whole(electrodes.table).flatMap((rows) => locationWarnings(rows, session, electrodes, this.#suggestions))
        : []),
      ...intervals.flatMap((interval) =>
        whole(interval.table).flatMap((rows) => intervalWarnings(rows, interval, this.#suggestions)),
      ),
      ...this.tables.flatMap(whole).flatMap((rows) => inspectColumns(rows, this.#suggestions)),
    ];
  }
}
