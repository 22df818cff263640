import type { ClusterTable } from "./cluster-tables.ts";

/** Columns that Phy computes when it saves. */
const computed: readonly string[] = ["amp", "ch", "depth", "fr", "sh"];

/**
 * The tables without what Phy concluded from placeholders: it computes channels, depths and amplitudes from neutral
 * values, too, and saves them like measured ones.
 *
 * @param placeholders files that params.py says hold neutral values
 * @param hasTemplate true for a cluster whose template is not all zeros, which a placeholder is where no channel is known
 */
export async function withoutConclusions(
  table: ClusterTable,
  placeholders: readonly string[],
  hasTemplate: (id: number) => Promise<boolean>,
): Promise<ClusterTable> {
  if (!isSavedByPhy(table)) return table;
  const templates = placeholders.includes("templates.npy");
  const dropped = new Set<string>();
  if (templates) dropped.add("amp");
  if (placeholders.includes("channel_positions.npy")) dropped.add("depth");
  if (!templates && dropped.size === 0) return table;
  const rows = new Map<number, ReadonlyMap<string, string>>();
  for (const [id, row] of table.rows) {
    const guessed = templates && !(await hasTemplate(id)) ? ["ch", "depth", "sh"] : [];
    rows.set(id, new Map([...row].filter(([name]) => !dropped.has(name) && !guessed.includes(name))));
  }
  return { ...table, names: table.names.filter((name) => !dropped.has(name)), rows };
}

/** Phy's columns stand in the order of their names; ours begin with the channel. */
function isSavedByPhy({ names }: ClusterTable): boolean {
  const ascends = names.every((name, at) => at === 0 || (names[at - 1] as string) <= name);
  return ascends && computed.every((name) => names.includes(name));
}
