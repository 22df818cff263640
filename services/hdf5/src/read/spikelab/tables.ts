import type { Hdf5File } from "@sluice/hdf5";
import { TableSpec } from "@sluice/proto";
import { groups, specAttribute } from "../../profiles/generic/layout.ts";
import { linkName } from "../../profiles/generic/object-path.ts";
import type { TablePart } from "../generic/part.ts";
import { decoded } from "./json.ts";

/** A table that our exporter put beside the spikes. */
export interface KeptTable {
  readonly group: "neuron_attributes" | "electrodes";
  readonly part: TablePart;
}

/** Attributes of the units, and the electrodes; files of SpikeLab's own exporter have neither. */
export async function findTables(file: Hdf5File): Promise<KeptTable[]> {
  const tables: KeptTable[] = [];
  for (const group of ["neuron_attributes", "electrodes"] as const) {
    if ((await file.kindOf(group)) !== "group") continue;
    const text = (await (await file.group(group)).attributes()).get(specAttribute);
    const known = typeof text === "string" ? decoded(TableSpec, text, specAttribute) : undefined;
    if (!known) continue;
    const spec = { ...known, tableId: tables.length + 1 };
    const columns = spec.columns.map(({ name, nullable }) => ({
      path: `/${group}/${linkName(name)}`,
      nulls: nullable ? `/${groups.nulls}/${group}/${linkName(name)}` : undefined,
    }));
    const [first] = columns;
    const rows = first ? ((await file.dataset(first.path)).shape?.[0] ?? 0) : (spec.rows ?? 0);
    tables.push({ group, part: { kind: "table", table: { ...spec, rows }, columns } });
  }
  return tables;
}
