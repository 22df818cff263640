import { type NewColumn, tableOf } from "@sluice/spikes";
import { canonicalNames } from "../names.ts";
import { readSmall } from "./small-arrays.ts";

/** The channels of a folder. */
export interface Probe {
  /** channel_map.npy: column of the raw traces for each channel; SpikeLab's folders have the channel of each unit there. */
  readonly map: readonly number[] | undefined;
  readonly table: ReturnType<typeof tableOf> | undefined;
  /** What was left out, for people. */
  readonly notes: readonly string[];
}

/**
 * Reads the channels; positions, or the shanks of some, make a table of electrodes.
 *
 * @param placeholders files that params.py says hold neutral values
 */
export async function readProbe(
  folder: string,
  files: readonly string[],
  tableId: number,
  placeholders: readonly string[],
): Promise<Probe> {
  const notes: string[] = [];
  const mapFile = await readSmall(folder, files, "channel_map.npy");
  const map = mapFile && integers(mapFile.values);
  if (mapFile && !map) notes.push("channel_map.npy holds no integers, and is left out");
  const positions = await readSmall(folder, files, "channel_positions.npy");
  if (!positions) return { map, table: undefined, notes };
  const [rows = 0, dimensions = 0] = positions.shape;
  if (positions.shape.length !== 2 || dimensions < 2 || dimensions > 3) {
    notes.push("channel_positions.npy is not [channel, 2 or 3], and is left out");
    return { map, table: undefined, notes };
  }
  const coordinate = (axis: number) =>
    Array.from({ length: rows }, (_, row) => positions.values[row * dimensions + axis] ?? null);
  const columns: NewColumn[] = [];
  if (map?.length === rows) columns.push({ name: "channel", dataType: "int64", values: map });
  else if (map) notes.push("channel_map.npy and channel_positions.npy are not equally long: the map is left out");
  const measured = !placeholders.includes("channel_positions.npy");
  if (!measured) notes.push("channel_positions.npy is a placeholder, as params.py says, and is left out");
  for (const [axis, name] of measured ? ["x", "y", "z"].slice(0, dimensions).entries() : []) {
    columns.push({ name, dataType: "float64", unit: "micrometer", values: coordinate(axis) });
  }
  const shankFile = await readSmall(folder, files, "channel_shanks.npy");
  const shanks = shankFile && integers(shankFile.values);
  if (shanks?.length === rows) columns.push({ name: "shank", dataType: "int64", values: shanks });
  const plain = map?.every((channel, index) => channel === index) ?? true;
  const known = measured || !plain || shanks?.length === rows;
  return { map, table: known ? tableOf(tableId, canonicalNames.electrodes, rows, columns) : undefined, notes };
}

function integers(values: Float64Array): number[] | undefined {
  return values.every(Number.isSafeInteger) ? [...values] : undefined;
}
