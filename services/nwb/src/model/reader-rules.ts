import type { NwbFile, ObjectFacts } from "./nwb-file.ts";

/** What pynwb and HDMF ask of objects of a type beyond the schema. */
export interface ReaderRule {
  readonly type: string;
  examine(facts: ObjectFacts, file: NwbFile): string[];
}

/**
 * Rules that `pynwb.validate` does not know: without these a file is valid and cannot be read, or is read with columns
 * that nobody sees.
 */
export const readerRules: readonly ReaderRule[] = [
  { type: "VectorData", examine: (facts) => needs(facts, "description") },
  { type: "VectorIndex", examine: (facts) => needs(facts, "target") },
  { type: "DynamicTableRegion", examine: (facts) => needs(facts, "table") },
  { type: "TimeSeries", examine: timeBase },
  { type: "DynamicTable", examine: columnsFit },
  { type: "ElectricalSeries", examine: oneElectrodePerChannel },
];

function needs({ attributes }: ObjectFacts, name: string): string[] {
  return attributes.has(name) ? [] : [`it needs the attribute ${name}`];
}

function timeBase({ path }: ObjectFacts, { objects }: NwbFile): string[] {
  const timestamps = objects.get(`${path}/timestamps`);
  if (timestamps === undefined) return objects.has(`${path}/starting_time`) ? [] : ["it has no times"];
  const rows = objects.get(`${path}/data`)?.shape()[0];
  const times = timestamps.shape()[0];
  return rows === times ? [] : [`it has ${times} times for ${rows} samples`];
}

function columnsFit({ path, attributes }: ObjectFacts, { objects }: NwbFile): string[] {
  const names = attributes.get("colnames") as readonly string[];
  const rows = objects.get(`${path}/id`)?.shape()[0] ?? 0;
  const faults: string[] = [];
  for (const name of names) {
    const column = objects.get(`${path}/${name}`);
    const index = objects.get(`${path}/${name}_index`);
    const length = column?.shape()[0];
    if (column === undefined) faults.push(`it has no column ${name}`);
    else if ((index ?? column).shape()[0] !== rows) faults.push(`column ${name} has not ${rows} rows`);
    else if (index && index.last !== length) faults.push(`the index of ${name} ends at ${index.last} of ${length}`);
  }
  for (const { path: member, neurodataType } of objects.values()) {
    const name = member.slice(path.length + 1);
    const isColumn = member.startsWith(`${path}/`) && !name.includes("/") && neurodataType !== "VectorIndex";
    if (isColumn && name !== "id" && neurodataType && !names.includes(name)) faults.push(`colnames lacks ${name}`);
  }
  return faults;
}

function oneElectrodePerChannel({ path }: ObjectFacts, { objects }: NwbFile): string[] {
  const channels = objects.get(`${path}/data`)?.shape()[1] ?? 1;
  const electrodes = objects.get(`${path}/electrodes`)?.shape()[0];
  return channels === electrodes ? [] : [`it has ${electrodes} electrodes for ${channels} channels`];
}
