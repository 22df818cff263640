import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NewColumn } from "@sluice/spikes";
import { parseDelimited } from "./delimited.ts";
import { unfitFolder } from "./fault.ts";

/** What the tables of a folder say of its clusters. */
export interface ClusterTable {
  /** Names of the columns beside the id, in order. */
  readonly names: readonly string[];
  /** Cells by cluster id and column. */
  readonly rows: ReadonlyMap<number, ReadonlyMap<string, string>>;
  /** True when it lists every cluster, those without a spike included: cluster_info.tsv does. */
  readonly complete: boolean;
}

const idNames: readonly string[] = ["cluster_id", "id"];
const tablePattern = /^cluster_.*\.(tsv|csv)$/i;
const infoPattern = /^cluster_info\.(tsv|csv)$/i;

/**
 * The tables of clusters: the one that is asked for; cluster_info.tsv, with all digits that other cluster_*.tsv have of its
 * numbers; or all cluster_*.tsv together, each column of the first that has it. Files without a column of ids are passed
 * over.
 *
 * @param files names of the folder's files
 * @throws SluiceError CLUSTER_TABLE_MISSING, CLUSTER_TABLE_EMPTY for the table that is asked for
 */
export async function readClusterTables(
  folder: string,
  files: readonly string[],
  wanted: string | undefined,
): Promise<ClusterTable> {
  const info = wanted ?? files.find((file) => infoPattern.test(file));
  if (wanted !== undefined && !files.includes(wanted)) throw missing(wanted, files);
  const chosen = info === undefined ? files.filter((file) => tablePattern.test(file)).toSorted() : [info];
  const names: string[] = [];
  const rows = new Map<number, Map<string, string>>();
  for (const file of chosen) {
    const cells = parseDelimited(await readFile(join(folder, file), "utf8"));
    if (cells.length < 2 && file === wanted) throw empty(file);
    addTable(cells, names, rows);
  }
  if (info !== undefined && wanted === undefined) {
    for (const file of files) {
      if (!tablePattern.test(file) || infoPattern.test(file)) continue;
      const whole = new Map<number, Map<string, string>>();
      addTable(parseDelimited(await readFile(join(folder, file), "utf8")), [], whole);
      for (const [id, row] of rows) restoreDigits(row, whole.get(id));
    }
  }
  return { names, rows, complete: info !== undefined && infoPattern.test(info) };
}

function addTable(
  [header, ...lines]: readonly string[][],
  names: string[],
  rows: Map<number, Map<string, string>>,
): void {
  if (!header) return;
  const idAt = header.findIndex((name) => idNames.includes(name.trim()));
  if (idAt === -1) return;
  const added = header.map((name) => name.trim()).filter((name, at) => at !== idAt && !names.includes(name));
  names.push(...added);
  for (const line of lines) {
    const id = Number(line[idAt] || Number.NaN);
    if (!Number.isSafeInteger(id)) continue;
    const row = rows.get(id) ?? new Map<string, string>();
    rows.set(id, row);
    for (const [at, name] of header.entries()) if (added.includes(name.trim())) row.set(name.trim(), line[at] ?? "");
  }
}

/** Phy rounds numbers to eight decimals in cluster_info.tsv, and has them whole in the table of each column. */
function restoreDigits(row: Map<string, string>, whole: ReadonlyMap<string, string> | undefined): void {
  for (const [name, cell] of whole ?? []) {
    const rounded = row.get(name) ?? "";
    if (/\.\d{8}$/.test(rounded) && isNumber(cell) && Math.abs(Number(cell) - Number(rounded)) <= 0.5000001e-8) {
      row.set(name, cell);
    }
  }
}

/** The group of a cluster in lower case, by people before KiloSort; undefined when nobody said one. */
export function groupOf(table: ClusterTable, id: number): string | undefined {
  const row = table.rows.get(id);
  return (row?.get("group") || row?.get("KSLabel"))?.trim().toLowerCase();
}

/** A column for units in this order: integers, numbers or truth values where all cells are such, else texts. */
export function columnFor(table: ClusterTable, name: string, ids: readonly number[]): NewColumn {
  const cells = ids.map((id) => table.rows.get(id)?.get(name) ?? "");
  const given = cells.filter((cell) => cell !== "");
  const column = (
    dataType: NewColumn["dataType"],
    valueOf: (cell: string) => NewColumn["values"][number],
  ): NewColumn => ({
    name,
    dataType,
    values: cells.map((cell) => (cell === "" ? null : valueOf(cell))),
  });
  if (given.length === 0) return column("string", String);
  if (given.every((cell) => /^-?\d+$/.test(cell) && fitsInt64(BigInt(cell)))) return column("int64", BigInt);
  if (given.every((cell) => floats.has(cell.toLowerCase()) || isNumber(cell))) return column("float64", floatOf);
  if (given.every((cell) => cell === "True" || cell === "False")) return column("bool", (cell) => cell === "True");
  return column("string", String);
}

const floats: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
]);

function floatOf(cell: string): number {
  return floats.get(cell.toLowerCase()) ?? Number(cell);
}

function isNumber(cell: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell);
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function missing(file: string, files: readonly string[]): Error {
  return unfitFolder({
    reason: "CLUSTER_TABLE_MISSING",
    message: "The folder has no such table of clusters.",
    field: "options.clusterInfo",
    got: file,
    allowed: files.filter((name) => /\.(tsv|csv)$/i.test(name)),
    remedy: "Correct the option, or leave it out.",
  });
}

function empty(file: string): Error {
  return unfitFolder({
    reason: "CLUSTER_TABLE_EMPTY",
    message: "The table of clusters has no row.",
    field: file,
    remedy: "Name another table, or leave the option out.",
  });
}
