import { type Cell, type Column, type TableValues, unitColumn } from "@sluice/spikes";
import { tsvText } from "./tsv.ts";

/** Columns of cluster_info.tsv that are made here, whatever the table of units says. */
const own: readonly string[] = ["cluster_id", "ch", "n_spikes", "group"];

/** The units of a folder. */
export interface Clusters {
  readonly ids: readonly number[];
  readonly counts: readonly number[];
  readonly table: TableValues | undefined;
}

/** cluster_info.tsv: a row for each unit, those without a spike included, with all attributes of the table of units. */
export function clusterInfoText({ ids, counts, table }: Clusters): string {
  const [channel, group] = [unitColumn(table, "channel"), unitColumn(table, "group")];
  const others = (table?.columns ?? []).filter(({ spec }) => !own.includes(spec.name));
  const columns: (readonly [string, (unit: number) => Cell])[] = [
    ["cluster_id", (unit) => ids[unit] as number],
    ...(channel ? [["ch", cellsOf(channel)] as const] : []),
    ["n_spikes", (unit) => counts[unit] ?? 0],
    ...(group ? [["group", cellsOf(group)] as const] : []),
    ...others.map((column) => [column.spec.name, cellsOf(column)] as const),
  ];
  const rows = ids.map((_, unit) => columns.map(([, cell]) => cell(unit)));
  return tsvText(
    columns.map(([name]) => name),
    rows,
  );
}

/** cluster_group.tsv: what people said of the units; a unit of which nothing is known has no row. */
export function clusterGroupText({ ids, table }: Clusters): string {
  const group = unitColumn(table, "group");
  const rows = ids.map((id, unit): readonly Cell[] => [id, group?.cells[unit] ?? null]);
  return tsvText(
    ["cluster_id", "group"],
    rows.filter(([, name]) => name !== null && name !== ""),
  );
}

/** True for a unit that readers leave out, if nobody asks for noise. */
export function isNoise(table: TableValues | undefined, unit: number): boolean {
  return (
    String(unitColumn(table, "group")?.cells[unit] ?? "")
      .trim()
      .toLowerCase() === "noise"
  );
}

function cellsOf(column: Column): (unit: number) => Cell {
  return (unit) => column.cells[unit] ?? null;
}
