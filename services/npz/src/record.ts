import { type DatasetHeader, dropped } from "@sluice/core";
import { isJsonObject, toAsciiJson } from "@sluice/playnano";
import { ArraySpec, DatasetSpec, type Loss, TableSpec } from "@sluice/proto";
import type { Keys } from "./keys.ts";

/** What a file says of the stream that it was made of. */
export interface StreamRecord {
  readonly dataset: DatasetSpec;
  readonly arrays: readonly { readonly key: string; readonly spec: ArraySpec }[];
  readonly tables: readonly { readonly keys: readonly string[]; readonly spec: TableSpec }[];
}

const recordVersion = 1;

/** The record as JSON in ASCII; {@link parseRecord} reads it. */
export function recordText({ dataset, arrays, tables }: StreamRecord): string {
  return toAsciiJson({
    version: recordVersion,
    dataset: DatasetSpec.toJSON(dataset),
    arrays: arrays.map(({ key, spec }) => ({ key, spec: ArraySpec.toJSON(spec) })),
    tables: tables.map(({ keys, spec }) => ({ keys, spec: TableSpec.toJSON(spec) })),
  });
}

/** The record of a file; undefined when the text is none that this version knows. */
export function parseRecord(text: string): StreamRecord | undefined {
  const value = parsed(text);
  if (!isJsonObject(value) || value["version"] !== recordVersion) return undefined;
  const { arrays, tables } = value;
  if (!Array.isArray(arrays) || !Array.isArray(tables)) return undefined;
  return {
    dataset: DatasetSpec.fromJSON(value["dataset"]),
    arrays: arrays.map((item) => ({ key: String(item?.key), spec: ArraySpec.fromJSON(item?.spec) })),
    tables: tables.map((item) => ({
      keys: Array.isArray(item?.keys) ? item.keys.map(String) : [],
      spec: TableSpec.fromJSON(item?.spec),
    })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Makes the record of a file whose data have all come: lengths as they came to be, and what no longer fits them left out.
 *
 * @param shapes of the arrays by name, and rows of the tables
 */
export function settleRecord(
  { dataset }: Pick<DatasetHeader, "dataset">,
  keys: Keys,
  shapes: ReadonlyMap<string, readonly number[]>,
  rows: ReadonlyMap<string, number>,
): { readonly record: StreamRecord; readonly losses: Loss[] } {
  const losses: Loss[] = [];
  const kept = new Set(keys.arrays.map(({ array }) => array.name));
  const settle = ({ array, castTo }: Keys["arrays"][number]): ArraySpec => {
    const sizes = shapes.get(array.name) as readonly number[];
    const axes = array.axes.map((axis, index) => {
      const size = sizes[index] as number;
      const count = shapes.get(axis.coordinatesArray)?.[0];
      const fits = axis.coordinatesArray === "" || (kept.has(axis.coordinatesArray) && count === size);
      const field = `arrays.${array.name}.axes[${index}]`;
      if (!fits) losses.push(dropped(`${field}.coordinates_array`, "It does not have a value for each index."));
      const labelled = axis.labels.length === 0 || axis.labels.length === size;
      if (!labelled) losses.push(dropped(`${field}.labels`, "There is not one for each index."));
      const labels = labelled ? axis.labels : [];
      return { ...axis, size, labels, coordinatesArray: fits ? axis.coordinatesArray : "" };
    });
    return castTo ? { ...array, axes, dataType: castTo, fillValue: undefined } : { ...array, axes };
  };
  const seen = new Set<string>();
  const arrays = keys.arrays
    .filter(({ array }) => !seen.has(array.name) && seen.add(array.name))
    .map((planned) => ({ key: planned.key, spec: settle(planned) }));
  const tables = keys.tables.map(({ table, columns }) => ({
    keys: columns.map(({ key }) => key),
    spec: { ...table, rows: rows.get(table.name) ?? 0 },
  }));
  return { record: { dataset: settleStacks(dataset, shapes, losses), arrays, tables }, losses };
}

/** Masks that ended before their image, and channels that never came, are no longer part of it. */
function settleStacks(
  dataset: DatasetSpec,
  shapes: ReadonlyMap<string, readonly number[]>,
  losses: Loss[],
): DatasetSpec {
  const imageStacks = dataset.imageStacks.map((stack, index) => {
    const image = shapes.get(stack.imageArray)?.join();
    const maskArrays = stack.maskArrays.filter((name) => shapes.get(name)?.join() === image);
    if (maskArrays.length < stack.maskArrays.length) {
      losses.push(dropped(`dataset.image_stacks[${index}].mask_arrays`, "Some are not of the image's shape."));
    }
    return { ...stack, maskArrays };
  });
  return { ...dataset, imageStacks };
}
