import type { Hdf5File, Hdf5Group } from "@sluice/hdf5";
import { ArraySpec, Axis, AxisType, type Frame } from "@sluice/proto";
import { type NewColumn, raggedFrames } from "@sluice/spikes";
import type { Notes } from "./notes.ts";
import { listLength, readNumbers, span } from "./numbers.ts";
import { readClippedEnds, readEnds } from "./ragged-index.ts";
import { readTable, type StoredTable } from "./table.ts";
import { unfitFile } from "./unfit-file.ts";

/** Elements of a column of lists that are read at a time; one list that is longer is read as a whole. */
const elementsPerRead = 2 ** 18;

/** Columns that are read as what they are, not as columns of the table. */
const readElsewhere: ReadonlySet<string> = new Set([
  "spike_amplitudes",
  "obs_intervals",
  "electrodes",
  "electrode_group",
  "waveform_mean",
  "waveform_sd",
]);

/** A column of lists of numbers. */
export interface RaggedColumn {
  readonly path: string;
  readonly ends: Float64Array;
}

/** The units of a file. */
export interface StoredUnits {
  readonly times: RaggedColumn;
  readonly amplitudes: RaggedColumn | undefined;
  /** Path of the mean waveforms. */
  readonly waveforms: string | undefined;
  /** Columns with one value for each unit. */
  readonly columns: readonly NewColumn[];
  /** Seconds between samples. */
  readonly resolution: number | undefined;
  /** First start and last end of what was observed, in seconds. */
  readonly observed: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Finds the units. Their times may have a name that ends in "spike_times", as SpikeLab's loader allows.
 *
 * @param electrodeIds of the rows of the table of electrodes
 */
export async function readUnits(
  file: Hdf5File,
  electrodeIds: readonly (number | string)[] | undefined,
  notes: Notes,
): Promise<StoredUnits | undefined> {
  if ((await file.kindOf("units")) !== "group") return undefined;
  const group = await file.group("units");
  const name = await timesName(group);
  if (name === undefined) return undefined;
  const table = await readTable(group, new Set([...readElsewhere, name, `${name}_index`]), notes);
  const values = await group.dataset(name);
  const ends = await readEnds(await group.dataset(`${name}_index`), table.rows, listLength(values));
  const resolution = (await values.attributes()).get("resolution");
  return {
    times: { path: values.path, ends },
    amplitudes: await amplitudesOf(group, table, ends.length),
    waveforms: table.members.has("waveform_mean") ? `${group.path}/waveform_mean` : undefined,
    columns: [
      ...idColumn(table),
      ...table.columns,
      ...(await electrodeColumn(group, table, ends.length, electrodeIds, notes)),
    ],
    resolution: typeof resolution === "number" && resolution > 0 ? resolution : undefined,
    observed: await observedOf(group, table, notes),
  };
}

/** The spike times as a ragged array. */
export function timesSpec(arrayId: number, name: string, unitCount: number, unit: string): ArraySpec {
  const axis = Axis.fromPartial({ name: "unit", type: AxisType.AXIS_TYPE_ITEM, size: unitCount });
  return ArraySpec.fromPartial({ arrayId, name, dataType: "float64", unit, ragged: true, axes: [axis] });
}

/** Lists as frames, in the order of the units. Memory: some lists together, or one that is long. */
export function raggedColumnFrames(file: Hdf5File, arrayId: number, column: RaggedColumn): AsyncGenerator<Frame> {
  return raggedFrames(arrayId, listsOf(file, column));
}

/** The lists of a column. */
export async function* listsOf(file: Hdf5File, { path, ends }: RaggedColumn): AsyncGenerator<Float64Array> {
  const dataset = await file.dataset(path);
  for (let row = 0; row < ends.length; ) {
    const start = row === 0 ? 0 : (ends[row - 1] as number);
    let last = row + 1;
    while (last < ends.length && (ends[last] as number) - start <= elementsPerRead) last++;
    const end = ends[last - 1] as number;
    const values = end > start ? await readNumbers(dataset, span(start, end)) : new Float64Array(0);
    for (; row < last; row++) {
      const from = (row === 0 ? 0 : (ends[row - 1] as number)) - start;
      const list = values.subarray(from, (ends[row] as number) - start);
      yield list;
    }
  }
}

async function timesName(group: Hdf5Group): Promise<string | undefined> {
  const names = (await group.children()).map(({ name }) => name);
  const candidates = ["spike_times", ...names.filter((name) => name.endsWith("spike_times"))];
  return candidates.find((name) => names.includes(name) && names.includes(`${name}_index`));
}

async function amplitudesOf(
  group: Hdf5Group,
  { members }: StoredTable,
  rows: number,
): Promise<RaggedColumn | undefined> {
  if (!members.has("spike_amplitudes") || !members.has("spike_amplitudes_index")) return undefined;
  const values = await group.dataset("spike_amplitudes");
  const ends = await readEnds(await group.dataset("spike_amplitudes_index"), rows, listLength(values));
  return { path: values.path, ends };
}

/** The ids, where they say more than the place of the row. */
function idColumn({ ids = [] }: StoredTable): NewColumn[] {
  if (ids.every((id, row) => id === row)) return [];
  const isText = ids.some((id) => typeof id === "string");
  return [{ name: "id", dataType: isText ? "string" : "int64", values: ids }];
}

/** The electrode of each unit: the first where it has several. A column of numbers or names of channels says it better. */
async function electrodeColumn(
  group: Hdf5Group,
  { members, columns }: StoredTable,
  rows: number,
  electrodeIds: readonly (number | string)[] | undefined,
  notes: Notes,
): Promise<NewColumn[]> {
  if (!members.has("electrodes") || columns.some(({ name }) => ["electrode", "channel", "ch"].includes(name)))
    return [];
  const dataset = await group.dataset("electrodes");
  const values = await readNumbers(dataset);
  listLength(dataset);
  const stored = members.has("electrodes_index")
    ? await readClippedEnds(await group.dataset("electrodes_index"), rows, values.length)
    : { ends: values.map((_, row) => row + 1), missing: 0 };
  if (stored.missing > 0) {
    const detail = `the index reaches ${stored.missing} beyond the ${values.length} electrodes; it is cut to them`;
    notes.derived("units/electrodes_index", detail);
  }
  const lists = Array.from(stored.ends, (end, row) => values.subarray(row === 0 ? 0 : stored.ends[row - 1], end));
  const several = lists.filter(({ length }) => length > 1).length;
  if (several > 0) notes.absent("units/electrodes", `the first electrode alone of ${several} units with several`);
  // SpikeLab's exporter writes ids where NWB has rows of a table, which it then does not name.
  const isRegion = (await dataset.attributes()).has("table") && electrodeIds !== undefined;
  const idOf = (value: number | undefined) =>
    value === undefined ? null : isRegion ? (electrodeIds?.[value] ?? null) : value;
  const ids = lists.map((list) => idOf(list[0]));
  const isText = ids.some((id) => typeof id === "string");
  return [{ name: "electrode", dataType: isText ? "string" : "int64", values: ids }];
}

async function observedOf(
  group: Hdf5Group,
  { members, rows }: StoredTable,
  notes: Notes,
): Promise<StoredUnits["observed"]> {
  if (!members.has("obs_intervals")) return undefined;
  const dataset = await group.dataset("obs_intervals");
  if (dataset.shape?.length !== 2 || dataset.shape[1] !== 2) {
    throw unfitFile({
      reason: "NWB_SHAPE_INVALID",
      message: "Intervals of observation have a start and an end.",
      field: dataset.path,
      got: `[${dataset.shape?.join(", ") ?? ""}]`,
      allowed: ["[intervals, 2]"],
    });
  }
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [index, value] of (await readNumbers(dataset)).entries()) {
    if (index % 2 === 0) start = Math.min(start, value);
    else end = Math.max(end, value);
  }
  const intervals = dataset.shape[0] as number;
  if (rows !== undefined && intervals > rows) {
    notes.absent(
      "units/obs_intervals",
      `${intervals} intervals of ${rows} units: from the first start to the last end`,
    );
  }
  return Number.isFinite(start) && Number.isFinite(end) ? { start, end } : undefined;
}
