import { type Cell, type Column, type TableValues, unitColumn } from "@sluice/spikes";
import { tsvText } from "./tsv.ts";
import type { UnitChannels } from "./unit-channels.ts";

/** Columns of cluster_info.tsv that are made here, whatever the table of units says. */
const own: readonly string[] = ["cluster_id", "ch", "n_spikes", "group"];

/** What Phy makes itself: a file of such a name would take the place of its own in the table of clusters. */
const ofPhy: readonly string[] = ["id", "sh", "depth", "fr", "amp", "is_masked", "similarity", "next_cluster", "info"];

/** Names that are files on every system. */
const fileName = /^[\p{L}\p{N}_(](?:[\p{L}\p{N}_ .()+-]{0,58}[\p{L}\p{N}_)])?$/u;

/** The units of a folder. */
export interface Clusters {
  readonly ids: readonly number[];
  readonly counts: readonly number[];
  readonly table: TableValues | undefined;
  readonly unitChannels: UnitChannels;
}

/** cluster_info.tsv: a row for each unit, those without a spike included, with all attributes of the table of units. */
export function clusterInfoText(clusters: Clusters): string {
  const { ids, counts, table, unitChannels } = clusters;
  const group = peoplesGroup(table);
  const channel = unitChannels.cells;
  const others = otherColumns(clusters);
  const columns: (readonly [string, (unit: number) => Cell])[] = [
    ["cluster_id", (unit) => ids[unit] as number],
    ...(channel ? [["ch", (unit: number) => channel[unit] ?? null] as const] : []),
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
  const group = peoplesGroup(table);
  const rows = ids.map((id, unit): readonly Cell[] => [id, group?.cells[unit] ?? null]);
  return tsvText(
    ["cluster_id", "group"],
    rows.filter(([, name]) => name !== null && name !== ""),
  );
}

/**
 * cluster_NAME.tsv for each attribute of the units: Phy never reads cluster_info.tsv, and replaces it when it saves. It
 * shows these beside its own columns, and keeps them.
 */
export function attributeTexts(clusters: Clusters): { readonly file: string; readonly text: string }[] {
  const taken = new Set([...own, ...ofPhy]);
  const texts: { file: string; text: string }[] = [];
  for (const { spec, cells } of otherColumns(clusters)) {
    // Some systems take names for one that differ in case alone.
    if (taken.has(spec.name.toLowerCase()) || !fileName.test(spec.name)) continue;
    taken.add(spec.name.toLowerCase());
    const rows = clusters.ids.map((id, unit): readonly Cell[] => [id, cells[unit] ?? null]);
    const given = rows.filter(([, cell]) => cell !== null && cell !== "");
    if (given.length === 0) continue;
    texts.push({ file: `cluster_${spec.name}.tsv`, text: tsvText(["cluster_id", spec.name], given) });
  }
  return texts;
}

function otherColumns({ table, unitChannels }: Clusters): readonly Column[] {
  return (table?.columns ?? []).filter(({ spec }) => !own.includes(spec.name) && spec.name !== unitChannels.replaces);
}

/** True for a unit that readers leave out, if nobody asks for noise: what people said counts, else what KiloSort did. */
export function isNoise(table: TableValues | undefined, unit: number): boolean {
  const group = peoplesGroup(table)?.cells[unit] || table?.column("KSLabel")?.cells[unit];
  return (
    String(group ?? "")
      .trim()
      .toLowerCase() === "noise"
  );
}

/** What people said. KiloSort's labels stay what they are: in Phy's groups they would pass for curated. */
function peoplesGroup(table: TableValues | undefined): Column | undefined {
  const group = unitColumn(table, "group");
  return group?.spec.name === "KSLabel" ? undefined : group;
}

function cellsOf(column: Column): (unit: number) => Cell {
  return (unit) => column.cells[unit] ?? null;
}
