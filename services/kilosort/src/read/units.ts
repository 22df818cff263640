import { type NewColumn, tableOf } from "@sluice/spikes";
import { canonicalNames } from "../names.ts";
import type { Census } from "./census.ts";
import { type ClusterTable, columnFor, groupOf } from "./cluster-tables.ts";
import { withoutConclusions } from "./phy-columns.ts";
import type { Probe } from "./probe.ts";
import type { Templates } from "./templates.ts";

/** The units of a folder. */
export interface Units {
  /** Cluster ids, ascending. */
  readonly ids: readonly number[];
  /** Template of each unit; -1 where there is none. */
  readonly templates: readonly number[];
  readonly table: ReturnType<typeof tableOf>;
  /** What was concluded, and what left out, for people. */
  readonly notes: readonly string[];
}

/** What the units are made of. */
export interface UnitSources {
  readonly census: Census;
  readonly clusters: ClusterTable;
  readonly probe: Probe;
  readonly templates: Templates | undefined;
  readonly includeNoise: boolean;
  /** Files that params.py says hold neutral values. */
  readonly placeholders: readonly string[];
}

/** Columns that say what is said elsewhere: the ids, and counts of the spikes that are there. */
const left: readonly string[] = ["cluster_id", "id", "n_spikes"];

/**
 * The clusters in ascending order of their ids, without those that people or KiloSort called noise. Clusters without a
 * spike are those of cluster_info.tsv.
 */
export async function findUnits(sources: UnitSources, tableId: number): Promise<Units> {
  const { census, includeNoise, templates } = sources;
  const notes: string[] = [];
  const clusters = await withoutConclusions(sources.clusters, sources.placeholders, async (id) => {
    const index = templateIndex(id, census, templates);
    return index !== -1 && (await templates?.peakChannel(index)) !== -1;
  });
  if (clusters !== sources.clusters) notes.push("what Phy computed from placeholders is left out");
  const all = new Set([...census.counts.keys(), ...(clusters.complete ? clusters.rows.keys() : [])]);
  const noise = [...all].filter((id) => groupOf(clusters, id) === "noise");
  if (noise.length > 0 && !includeNoise) {
    notes.push(`${noise.length} clusters of the group noise are left out (${some(noise)}): includeNoise reads them`);
  }
  const dropped = new Set(includeNoise ? [] : noise);
  const ids = [...all].filter((id) => !dropped.has(id)).toSorted((a, b) => a - b);
  const templateOf = ids.map((id) => templateIndex(id, census, templates));
  const columns: NewColumn[] = [
    { name: "cluster_id", dataType: "int64", values: ids },
    ...(await channelColumn(ids, templateOf, { ...sources, clusters }, notes)),
    ...clusters.names
      .filter((name) => !left.includes(name) && name !== "ch")
      .map((name) => columnFor(clusters, name, ids)),
  ];
  return { ids, templates: templateOf, table: tableOf(tableId, canonicalNames.units, ids.length, columns), notes };
}

/** KiloSort numbers clusters by their templates, so a cluster without a spike has the template of its number. */
function templateIndex(id: number, { templateOf }: Census, templates: Templates | undefined): number {
  const index = templateOf.get(id) ?? id;
  return templates && Number.isInteger(index) && index >= 0 && index < templates.count ? index : -1;
}

/** The channel of each unit: of the table, else the peak of its template, else of SpikeLab's channel_map.npy. */
async function channelColumn(
  ids: readonly number[],
  templateOf: readonly number[],
  { clusters, probe, templates }: UnitSources,
  notes: string[],
): Promise<NewColumn[]> {
  if (clusters.names.includes("ch")) return [columnFor(clusters, "ch", ids)];
  const { map } = probe;
  if (templates) {
    const values: (number | null)[] = [];
    for (const index of templateOf) {
      const peak = index === -1 ? -1 : await templates.peakChannel(index);
      values.push(peak === -1 ? null : (map?.[peak] ?? peak));
    }
    if (values.every((value) => value === null)) return [];
    notes.push("ch is the channel on which the template of most spikes of the unit is greatest");
    return [{ name: "ch", dataType: "int64", values }];
  }
  if (!map || probe.table) return [];
  const outside = ids.filter((id) => map[id] === undefined);
  notes.push("ch is channel_map.npy at the number of the cluster, as SpikeLab writes it");
  if (outside.length > 0) notes.push(`${outside.length} clusters are beyond the channel map (${some(outside)}): no ch`);
  return [{ name: "ch", dataType: "int64", values: ids.map((id) => map[id] ?? null) }];
}

function some(ids: readonly number[]): string {
  return ids.length > 5 ? `${ids.slice(0, 5).join(", ")}, ...` : ids.join(", ");
}
