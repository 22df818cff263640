import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import type { FieldOrigin, Loss, Problem } from "@sluice/proto";
import type { TableValues } from "@sluice/spikes";
import type { Devices } from "../../general/devices.ts";
import { isUnknownLocation } from "../../inspect/location.ts";
import type { NwbFile } from "../../model/nwb-file.ts";
import { defaulted, type ElectrodeGroup, type Session } from "../../session/session.ts";
import { writeCustomColumns } from "../../tables/custom-columns.ts";
import { DynamicTable } from "../../tables/dynamic-table.ts";
import {
  type ElectrodeRows,
  locationsOf,
  reservedElectrodeNames,
  rowsOfNumbers,
  rowsOfTable,
} from "./electrode-rows.ts";

const folder = "general/extracellular_ephys";

/** Name of the group of electrodes that no group is known of. */
export const defaultGroupName = "electrode_group";

const numberDescriptions: Readonly<Record<string, string>> = {
  x: "x coordinate of the electrode, in micrometers.",
  y: "y coordinate of the electrode, in micrometers.",
  z: "z coordinate of the electrode, in micrometers.",
  rel_x: "x coordinate of the electrode in its group, in micrometers.",
  rel_y: "y coordinate of the electrode in its group, in micrometers.",
  rel_z: "z coordinate of the electrode in its group, in micrometers.",
  imp: "Impedance of the electrode, in ohms.",
  filtering: "Filters of the electrode's channel.",
  reference: "Reference of the electrode.",
};

/** The table of electrodes, their groups, and regions of it. */
export class Electrodes {
  readonly losses: Loss[] = [];
  readonly warnings: Problem[] = [];
  readonly origins: FieldOrigin[] = [];
  readonly #file: NwbFile;
  readonly #session: Session;
  readonly #devices: Devices;
  #table: DynamicTable | undefined;
  readonly #values: TableValues | undefined;
  readonly #named = new Set<number>();
  readonly #positions = new Map<number, readonly number[]>();
  #rows: ElectrodeRows | undefined;
  #rowOfId = new Map<number, number>();

  /** @param values their table, which is complete by `settle`; without one electrodes are those that units and channels name */
  constructor(file: NwbFile, session: Session, devices: Devices, values: TableValues | undefined) {
    this.#file = file;
    this.#session = session;
    this.#devices = devices;
    this.#values = values;
  }

  /** Takes an electrode that a unit or a channel names, and its place where it is known; a table says it better. */
  name(id: number, position: readonly number[] = []): void {
    this.#named.add(id);
    if (position.length > 0 && !this.#positions.has(id)) this.#positions.set(id, position);
  }

  /** Row of an electrode; after `settle`. */
  rowOf(id: number): number | undefined {
    return this.#rowOfId.get(id);
  }

  /** Number of electrodes; after `settle`. */
  get count(): number {
    return this.#rows?.ids.length ?? 0;
  }

  /** The electrodes of labels, if each label is that of one electrode in one column of the table; after `settle`. */
  rowsLabelled(labels: readonly string[]): number[] | undefined {
    for (const { cells } of this.#values?.columns ?? []) {
      const rows = new Map(cells.map((cell, row) => [String(cell), row]));
      if (labels.every((label) => rows.has(label))) return labels.map((label) => rows.get(label) as number);
    }
    return undefined;
  }

  /** All electrodes are known. */
  settle(): void {
    const named = [...this.#named].toSorted((a, b) => a - b);
    this.#rows = this.#values ? rowsOfTable(this.#values) : rowsOfNumbers(named, this.#positions);
    this.#rowOfId = new Map(this.#rows.ids.map((id, row) => [id, row]));
  }

  /** Writes a column or a series' member that refers to electrodes. */
  region(path: string, rows: readonly number[], description: string): Promise<DatasetWriter> {
    return this.#file.dataset(path, rows, {
      type: "int32",
      neurodataType: "DynamicTableRegion",
      attributes: { description, table: this.#open().group },
    });
  }

  /** Writes the table and the groups, if there is an electrode. */
  async end(): Promise<void> {
    const rows = this.#rows as ElectrodeRows;
    if (rows.ids.length === 0) return;
    const table = this.#open();
    const names = rows.groups ?? rows.ids.map(() => this.#soleGroup());
    const groups = new Map([...new Set(names)].map((name) => [name, this.#group(name, names, rows)]));
    const locations = locationsOf(rows, this.#session);
    const unknown = locations.filter(isUnknownLocation).length;
    if (unknown > 0) this.origins.push(defaulted("electrodes.location", `unknown for ${unknown} electrodes`));
    const known = locations.map((location) => location || "unknown");
    await this.#texts("location", known, "Where in the brain, or in the preparation, the electrode is.");
    const references = names.map((name) => groups.get(name) as GroupWriter);
    await table.column("group", references, { type: "reference", description: "Group of the electrode." });
    await this.#texts("group_name", names, "Name of the group of the electrode.");
    for (const [name, values] of rows.numbers) {
      const description = numberDescriptions[name] as string;
      await table.column(name, values, { type: "float64", description });
    }
    for (const [name, values] of rows.texts) await this.#texts(name, values, numberDescriptions[name] as string);
    if (this.#values) {
      const kept = await writeCustomColumns(table, this.#values, rows.used, reservedElectrodeNames);
      this.losses.push(...kept.losses);
      this.warnings.push(...kept.warnings);
    }
    await table.end(rows.ids);
  }

  /** The table; others refer to it before it is complete. */
  #open(): DynamicTable {
    const type = this.#file.schemaVersion === "2.8.0" ? "DynamicTable" : "ElectrodesTable";
    this.#table ??= new DynamicTable(this.#file, `${folder}/electrodes`, type, "Electrodes of the recording.");
    return this.#table;
  }

  async #texts(name: string, values: readonly string[], description: string): Promise<void> {
    await this.#open().column(name, values, { type: "text", description });
  }

  /** The group of electrodes that say none. */
  #soleGroup(): string {
    return this.#session.electrodeGroups[0]?.name ?? defaultGroupName;
  }

  #group(name: string, names: readonly string[], rows: ElectrodeRows): GroupWriter {
    const known: Partial<ElectrodeGroup> = this.#session.electrodeGroups.find((group) => group.name === name) ?? {};
    const own = new Set(rows.locations.filter((location, row) => names[row] === name && location !== ""));
    const location = known.location ?? [...own].join(", ");
    const field = `dataset.metadata.electrode_groups.${name}`;
    if (location === "") this.origins.push(defaulted(`${field}.location`, "unknown"));
    if (known.description === undefined) this.origins.push(defaulted(`${field}.description`, "its name"));
    const group = this.#file.group(`${folder}/${name}`, "ElectrodeGroup", {
      description: known.description ?? `Electrodes of ${JSON.stringify(name)}.`,
      location: location || "unknown",
    });
    this.#file.link(`${folder}/${name}/device`, this.#devices.named(known.device));
    return group;
  }
}
