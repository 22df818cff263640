import { type DatasetHeader, type DataType, itemSize, leadArray, type Outlook, problem, toSeconds } from "@sluice/core";
import { type Bundle, timeUnit } from "@sluice/playnano";
import type { ArraySpec, ColumnSpec, Problem, TableSpec } from "@sluice/proto";

/** An array of the stream and the key that it gets in the file. */
export interface PlannedArray {
  readonly array: ArraySpec;
  readonly key: string;
  /** Set when the values are converted. */
  readonly castTo?: "float32";
}

/** A table of the stream; each column is an array of its own. */
export interface PlannedTable {
  readonly table: TableSpec;
  readonly columns: readonly { readonly column: ColumnSpec; readonly key: string }[];
}

/** Arrays and tables with their keys. */
export interface Keys {
  readonly arrays: readonly PlannedArray[];
  readonly tables: readonly PlannedTable[];
}

/** Key of the text that holds what the stream said; see record.ts. */
export const recordKey = "sluice_json";

/** Keys of a bundle beside its data, layers and masks. */
export const bundleKeys = {
  data: "data",
  pixelSize: "pixel_size_nm",
  channel: "channel",
  times: "timestamps",
  frames: "frame_metadata_json",
  provenance: "provenance_json",
  backups: "state_backups_json",
  processed: "processed__",
  masks: "masks__",
} as const;

/** Key of the first element of each row of a ragged array, and one more: where the last row ends. */
export function offsetsKey(key: string): string {
  return `${key}_offsets`;
}

/** Key of the rows of a column that hold a value. */
export function validKey(key: string): string {
  return `${key}_valid`;
}

/** Keys by the paths in the dataset. */
export function genericKeys({ arrays, tables }: DatasetHeader, folder = ""): Keys {
  return {
    arrays: arrays.map((array) => ({ array, key: `${folder}${array.name}` })),
    tables: tables.map((table) => ({
      table,
      columns: table.columns.map((column) => ({ column, key: `${folder}${table.name}/${column.name}` })),
    })),
  };
}

/** Keys that playNano knows; what it has no key for is below `sluice/`. */
export function bundleKeysOf(header: DatasetHeader, bundle: Bundle): Keys {
  const { data, processed, masks } = bundle;
  const known: PlannedArray[] = [
    asFloat({ array: data.image, key: bundleKeys.data }),
    ...processed.map(({ key, array }) => asFloat({ array, key: `${bundleKeys.processed}${key}` })),
    ...masks.map(({ key, array }) => ({ array, key: `${bundleKeys.masks}${key}` })),
    ...(data.times && isPlainSeconds(bundle) ? [{ array: data.times, key: bundleKeys.times }] : []),
  ];
  const taken = new Set(known.map(({ array }) => array.name));
  const rest = genericKeys({ ...header, arrays: header.arrays.filter((array) => !taken.has(array.name)) }, "sluice/");
  return { arrays: [...known, ...rest.arrays], tables: rest.tables };
}

/** True when the array of the times is what a bundle keeps of them: seconds in float64. */
export function isPlainSeconds({ data: { image, times } }: Bundle): boolean {
  if (times?.dataType !== "float64" || times.valueScale !== undefined || times.valueOffset !== undefined) return false;
  return toSeconds(1, timeUnit(times, image.axes[0]?.unit ?? "")) === 1;
}

/** playNano computes in the type of the data: integers would overflow there. */
function asFloat(planned: PlannedArray): PlannedArray {
  return planned.array.dataType.startsWith("float") ? planned : { ...planned, castTo: "float32" };
}

/** Complaints about keys that two arrays would get. */
export function keyProblems({ arrays, tables }: Keys): Problem[] {
  const owners = new Map<string, string>([[recordKey, "the record of the stream"]]);
  const problems: Problem[] = [];
  const claim = (key: string, owner: string) => {
    const other = owners.get(key);
    if (other === undefined) owners.set(key, owner);
    else problems.push(keyTaken(key, owner, other));
  };
  for (const { array, key } of arrays) {
    claim(key, `arrays.${array.name}`);
    if (array.ragged) claim(offsetsKey(key), `arrays.${array.name}`);
  }
  for (const { table, columns } of tables) {
    for (const { column, key } of columns) {
      claim(key, `tables.${table.name}.${column.name}`);
      if (column.nullable) claim(validKey(key), `tables.${table.name}.${column.name}`);
    }
  }
  return problems;
}

/** The array that is written while it comes. */
export function leadOf(header: DatasetHeader, { arrays }: Keys): PlannedArray | undefined {
  const planned = new Map(arrays.map((item) => [item.array, item]));
  const lead = leadArray(header, [...planned.keys()], (array) => bytesOf(planned.get(array) as PlannedArray));
  return lead && arrays.find(({ array }) => array === lead);
}

/** Bytes of an array in the file before compression; undefined when its length is not known. */
export function bytesOf({ array, castTo }: PlannedArray): number | undefined {
  const elements = array.axes.reduce<number | undefined>(
    (product, { size }) => (product === undefined || size === undefined ? undefined : product * size),
    1,
  );
  return elements === undefined || array.ragged
    ? undefined
    : elements * itemSize[castTo ?? (array.dataType as DataType)];
}

function keyTaken(key: string, owner: string, other: string): NonNullable<Outlook["problems"]>[number] {
  return problem({
    reason: "KEY_DUPLICATE",
    message: "Two arrays of the file would have the same key.",
    field: owner,
    got: JSON.stringify(key),
    allowed: [`a key other than that of ${other}`],
    remedy: "Rename one of them.",
  });
}
