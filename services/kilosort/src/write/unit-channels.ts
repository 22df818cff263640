import { type Cell, integersOf, type TableValues, unitColumn } from "@sluice/spikes";
import type { Channels } from "./channels.ts";

/** The channels of the units. */
export interface UnitChannels {
  /** For `ch` of cluster_info.tsv; undefined when the units say none. */
  readonly cells: readonly Cell[] | undefined;
  /** The same, where each unit has one. */
  readonly numbers: readonly number[] | undefined;
  /** Column of the units that `ch` stands for: it names electrodes by ids, which no file of the folder holds. */
  readonly replaces?: string;
}

/** Columns of the table of electrodes by which units name them. */
const electrodeIds: readonly string[] = ["id", "electrode_id", "electrode"];

/** Channels as the column says them. */
export function statedChannels(units: TableValues | undefined): UnitChannels {
  const cells = unitColumn(units, "channel")?.cells;
  const numbers = integersOf(cells ?? [null]);
  return { cells, numbers: numbers?.every((channel) => channel >= 0) ? numbers : undefined };
}

/** The channels of the electrodes that the units name, where the table of electrodes has ids; else as stated. */
export function channelsOfUnits(
  units: TableValues | undefined,
  electrodes: TableValues | undefined,
  { map, electrodesFit }: Channels,
): UnitChannels {
  const stated = statedChannels(units);
  const column = unitColumn(units, "channel");
  const idName = electrodeIds.find((name) => electrodes?.column(name) !== undefined);
  if (column?.spec.name !== "electrode" || idName === undefined || !electrodesFit) return stated;
  const channelOf = new Map(electrodes?.column(idName)?.cells.map((id, row) => [String(id), map[row]]));
  const found = column.cells.map((cell) => (cell === null ? undefined : channelOf.get(String(cell))));
  const numbers = found.filter((channel) => channel !== undefined);
  // Ids that no electrode has are no channels either.
  if (numbers.length < found.length) return { cells: undefined, numbers: undefined };
  return { cells: numbers, numbers, replaces: column.spec.name };
}
