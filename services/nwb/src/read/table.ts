import { asElements, type DataType } from "@sluice/core";
import { type Hdf5Dataset, type Hdf5Group, storedTypeName } from "@sluice/hdf5";
import type { NewColumn } from "@sluice/spikes";
import type { Notes } from "./notes.ts";
import { readNumbers, rowCount } from "./numbers.ts";

/** A table of NWB as values. */
export interface StoredTable {
  readonly path: string;
  /** Undefined where the table does not say its ids. */
  readonly ids: readonly (number | string)[] | undefined;
  readonly rows: number | undefined;
  readonly columns: readonly NewColumn[];
  /** Names of the datasets in the group. */
  readonly members: ReadonlySet<string>;
}

/**
 * Reads the columns of a table that have one number, truth value or text for each row. Memory: the table.
 *
 * @param skipped names of columns that are read elsewhere
 */
export async function readTable(group: Hdf5Group, skipped: ReadonlySet<string>, notes: Notes): Promise<StoredTable> {
  const children = (await group.children()).filter(({ kind, leadsTo }) => (leadsTo ?? kind) === "dataset");
  const members = new Set(children.map(({ name }) => name));
  const ids = members.has("id") ? await idsOf(await group.dataset("id")) : undefined;
  const columns: NewColumn[] = [];
  for (const name of await namesOf(group, members)) {
    if (skipped.has(name)) continue;
    const dataset = await group.dataset(name);
    const column = members.has(`${name}_index`) ? "it holds lists" : await columnOf(name, dataset, ids?.length);
    if (typeof column === "string") notes.absent(dataset.path.slice(1), `not read: ${column}`);
    else columns.push(column);
  }
  return { path: group.path, ids, rows: ids?.length ?? columns[0]?.values.length, columns, members };
}

/** In the order that the table says, then those that it does not name. */
async function namesOf(group: Hdf5Group, members: ReadonlySet<string>): Promise<string[]> {
  const said = (await group.attributes()).get("colnames");
  const named = (Array.isArray(said) ? said : [said]).filter((name) => typeof name === "string" && members.has(name));
  const indices = new Set([...members].filter((name) => name.endsWith("_index") && members.has(name.slice(0, -6))));
  return [...new Set([...(named as string[]), ...members])].filter((name) => name !== "id" && !indices.has(name));
}

async function idsOf(dataset: Hdf5Dataset): Promise<(number | string)[]> {
  rowCount(dataset);
  const isText = dataset.type === "text" || (typeof dataset.type === "object" && dataset.type.kind === "fixedText");
  return isText ? dataset.readText() : [...(await readNumbers(dataset))];
}

/** The column, or why it cannot be one. */
async function columnOf(name: string, dataset: Hdf5Dataset, rows: number | undefined): Promise<NewColumn | string> {
  const { shape, type, dataType } = dataset;
  if (shape?.length !== 1) return `its shape is ${shape === null ? "null" : `[${shape.join(", ")}]`}`;
  if (rows !== undefined && shape[0] !== rows) return `it has ${shape[0]} rows, and the table ${rows}`;
  rowCount(dataset);
  const said = (await dataset.attributes()).get("description");
  const description = typeof said === "string" ? said : "";
  if (dataType === "bool") {
    return { name, dataType, values: Array.from(await dataset.read(), (value) => value !== 0), description };
  }
  if (dataType !== undefined && /^u?int/.test(dataType)) {
    const values = asElements(dataType as DataType, await dataset.read()) as ArrayLike<number | bigint>;
    return { name, dataType: "int64", values: Array.from(values), description };
  }
  if (dataType !== undefined && dataType.startsWith("float")) {
    return { name, dataType: "float64", values: [...(await readNumbers(dataset))], description };
  }
  if (type === "text" || (typeof type === "object" && type.kind === "fixedText")) {
    return { name, dataType: "string", values: await dataset.readText(), description };
  }
  return `it holds ${storedTypeName(type)}`;
}
