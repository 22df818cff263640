import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { integersOf, numbersOfCells, type TableValues, unitColumn } from "@sluice/spikes";
import type { DynamicTable } from "../../tables/dynamic-table.ts";
import type { Electrodes } from "../electrodes/electrodes.ts";

/** The electrode that each unit was seen on, by the channels of the dataset's table of units. */
export class UnitElectrodes {
  readonly warnings: Problem[] = [];
  readonly #electrodes: Electrodes;
  readonly #values: TableValues;
  /** Of each unit: ids, or where these are no numbers, names; empty for a unit without one. */
  #ids: readonly number[] | undefined;
  #names: readonly string[] | undefined;

  constructor(electrodes: Electrodes, values: TableValues) {
    this.#electrodes = electrodes;
    this.#values = values;
  }

  /** Tells the table of electrodes which ones the units name; before that table is settled, when all rows have come. */
  name(): void {
    const channels = unitColumn(this.#values, "channel");
    if (!channels) return;
    // A unit without an electrode keeps its row.
    this.#ids = integersOf(channels.cells.map((cell) => cell ?? -1));
    if (!this.#ids) this.#names = channels.cells.map((cell) => (cell === null ? "" : String(cell)));
    const axes = ["x", "y", "z"].map((name) => numbersOfCells(this.#values.column(name)?.cells ?? []) ?? []);
    for (const [row, id] of this.#ids?.entries() ?? []) {
      const position = axes.map((axis) => axis[row] ?? Number.NaN);
      if (id >= 0) this.#electrodes.name(id, position.some(Number.isFinite) ? position : []);
    }
  }

  /** The column of the table of units: rows of the table of electrodes, which is settled. */
  async write(table: DynamicTable, units: number): Promise<void> {
    const found = this.#rows();
    if (!found) return;
    const regions = found.filter((row) => row !== undefined);
    if (regions.length === 0) return;
    const path = "units/electrodes";
    const column = await this.#electrodes.region(path, regions, "Electrodes that the unit was seen on.");
    table.adoptName("electrodes");
    let end = 0;
    const ends = BigUint64Array.from({ length: units }, (_, unit) => BigInt(found[unit] === undefined ? end : ++end));
    await table.index(column, ends);
  }

  /** Rows of the table of electrodes, one for each unit; undefined for units without one. */
  #rows(): (number | undefined)[] | undefined {
    if (this.#ids) {
      const found = this.#ids.map((id) => this.#electrodes.rowOf(id));
      const unknown = this.#ids.filter((id, unit) => id >= 0 && found[unit] === undefined);
      if (unknown.length > 0) this.#unknown(unknown.map(String));
      return found;
    }
    const names = this.#names;
    const named = names?.filter((name) => name !== "") ?? [];
    if (!names || named.length === 0) return undefined;
    const rows = this.#electrodes.rowsLabelled(named)?.values();
    if (!rows) this.#unknown(named);
    return rows && names.map((name) => (name === "" ? undefined : rows.next().value));
  }

  #unknown(ids: readonly string[]): void {
    this.warnings.push(
      warning({
        reason: "ELECTRODE_UNKNOWN",
        message: "Units name electrodes that the table of electrodes does not have; in NWB they have none.",
        field: `tables.${this.#values.spec.name}`,
        got: `${ids.length} units, the first with electrode ${ids[0]}`,
        remedy: "Add the electrodes to the table, or correct the units.",
      }),
    );
  }
}
