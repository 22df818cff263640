import { toMicrometers } from "@sluice/core";
import { type Cell, type Column, integersOf, numbersOfCells, type TableValues } from "@sluice/spikes";
import type { ElectrodeGroup } from "../../session/session.ts";
import { textOf } from "../../tables/cell-data.ts";

/** What NWB calls a column of electrodes, and from which columns of a table it is taken; the first that fits. */
const idNames = ["id", "electrode_id", "electrode", "channel_id", "channel"];
const groupNames = ["group_name", "group", "shank", "shank_id", "group_id", "probe"];
const textNames = ["filtering", "reference"] as const;
const positionNames = ["x", "y", "z", "rel_x", "rel_y", "rel_z"] as const;

/** Columns of NWB's table of electrodes; others are custom. */
export const reservedElectrodeNames: ReadonlySet<string> = new Set([
  "id",
  "location",
  "group",
  "group_name",
  "imp",
  ...textNames,
  ...positionNames,
]);

/** Electrodes, row by row. */
export interface ElectrodeRows {
  readonly ids: readonly number[];
  /** Name of the group of each, where the table says it. */
  readonly groups: readonly string[] | undefined;
  /** Empty where it is not known. */
  readonly locations: readonly string[];
  /** Micrometers, or as the table has them where it says no unit. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** Columns of the table that these were taken from. */
  readonly used: ReadonlySet<string>;
}

/** The rows that a table of electrodes says. */
export function rowsOfTable(table: TableValues): ElectrodeRows {
  const used = new Set<string>();
  const take = <Value>(names: readonly string[], convert: (column: Column) => Value | undefined): Value | undefined => {
    for (const name of names) {
      const column = table.column(name);
      const value = column && convert(column);
      if (value !== undefined) {
        used.add(name);
        return value;
      }
    }
    return undefined;
  };
  const ids = take(idNames.slice(0, 1), uniqueIntegers) ?? idsBeside(table);
  const groups = take(groupNames, groupsOf);
  const locations = take(["location"], textsOf) ?? Array.from({ length: table.rows }, () => "");
  const numbers = new Map<string, readonly number[]>();
  for (const name of [...positionNames, "imp"]) {
    const values = take([name], name === "imp" ? (column) => numbersOfCells(column.cells) : positionsOf);
    if (values) numbers.set(name, values);
  }
  const texts = new Map<string, readonly string[]>();
  for (const name of textNames) {
    const values = take([name], textsOf);
    if (values) texts.set(name, values);
  }
  return { ids, groups, locations, numbers, texts, used };
}

/** Where electrodes are: what they say themselves, or their group; empty where neither does. */
export function locationsOf(
  { locations, groups }: ElectrodeRows,
  { electrodeGroups }: { readonly electrodeGroups: readonly ElectrodeGroup[] },
): string[] {
  const ofGroup = new Map(electrodeGroups.map(({ name, location }) => [name, location ?? ""]));
  const sole = electrodeGroups[0]?.location ?? "";
  return locations.map((own, row) => own || (groups ? (ofGroup.get(groups[row] as string) ?? "") : sole));
}

/** Electrodes that nothing but their numbers, and maybe their places, is known of. */
export function rowsOfNumbers(
  ids: readonly number[],
  positions: ReadonlyMap<number, readonly number[]>,
): ElectrodeRows {
  const numbers = new Map<string, readonly number[]>();
  for (const [axis, name] of positionNames.slice(0, 3).entries()) {
    const values = ids.map((id) => positions.get(id)?.[axis] ?? Number.NaN);
    if (values.some((value) => !Number.isNaN(value))) numbers.set(name, values);
  }
  return { ids, groups: undefined, locations: ids.map(() => ""), numbers, texts: new Map(), used: new Set() };
}

/** A column that could be the ids, which stays as a column of its own. */
function idsBeside(table: TableValues): readonly number[] {
  for (const name of idNames.slice(1)) {
    const column = table.column(name);
    const ids = column && uniqueIntegers(column);
    if (ids) return ids;
  }
  return Array.from({ length: table.rows }, (_, row) => row);
}

function uniqueIntegers({ cells }: Column): number[] | undefined {
  const ids = integersOf(cells);
  return ids && new Set(ids).size === ids.length ? ids : undefined;
}

/** Names of groups: texts as they are, numbers with the name of their column. */
function groupsOf({ spec, cells }: Column): string[] | undefined {
  if (cells.some((cell) => cell === null || cell === "" || typeof cell === "object")) return undefined;
  const name = (cell: Cell) =>
    typeof cell === "string" ? cell : `${spec.name.replace(/_(id|name)$/, "")}${String(cell)}`;
  // The table itself is called electrodes.
  return cells.map((cell) =>
    name(cell)
      .replaceAll(/[/\\:\0]/g, "_")
      .replace(/^(electrodes|\.\.?)$/, "$1_"),
  );
}

function textsOf({ spec, cells }: Column): string[] | undefined {
  return spec.dataType === "string" ? cells.map(textOf) : undefined;
}

function positionsOf({ spec, cells }: Column): number[] | undefined {
  const values = numbersOfCells(cells);
  if (spec.unit === "" || values === undefined) return values;
  const converted = values.map((value) => toMicrometers(value, spec.unit));
  return converted.every((value) => value !== undefined) ? converted : values;
}
