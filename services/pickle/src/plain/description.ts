import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, DatasetSpec, Provenance, TableSpec } from "@sluice/proto";
import { fromJson, type PythonValue } from "../python/value.ts";
import { version } from "../version.ts";

/** Keys of what a file says of its arrays and tables, in its order. */
export const descriptionKeys = [
  "name",
  "metadata",
  "records",
  "provenance",
  "dataset",
  "array_specs",
  "table_specs",
  "format",
  "format_version",
  "software",
] as const;

/**
 * What a file says of its arrays and tables, as plain objects: specs as protobuf JSON.
 *
 * @param shapes of the arrays as they came to be, and rows of the tables, by name
 */
export function description(
  { dataset, arrays, tables }: DatasetHeader,
  shapes: ReadonlyMap<string, readonly number[]>,
  rows: ReadonlyMap<string, number>,
): Record<(typeof descriptionKeys)[number], PythonValue> {
  const { metadata, records, provenance, ...rest } = dataset;
  const arraySpecs = arrays.map((array) => [array.name, ArraySpec.toJSON(settled(array, shapes.get(array.name)))]);
  const tableSpecs = tables.map((table) => [
    table.name,
    TableSpec.toJSON({ ...table, rows: rows.get(table.name) ?? 0 }),
  ]);
  return {
    name: dataset.name,
    metadata: fromJson(metadata ?? {}),
    records: fromJson(records ?? {}),
    provenance: fromJson(provenance ? Provenance.toJSON(provenance) : {}),
    dataset: fromJson(DatasetSpec.toJSON(DatasetSpec.fromPartial({ ...rest, origins: [] }))),
    array_specs: fromJson(Object.fromEntries(arraySpecs)),
    table_specs: fromJson(Object.fromEntries(tableSpecs)),
    format: "sluice.pickle",
    format_version: 1n,
    software: `Sluice ${version}`,
  };
}

function settled(array: ArraySpec, shape: readonly number[] | undefined): ArraySpec {
  return { ...array, axes: array.axes.map((axis, index) => ({ ...axis, size: shape?.[index] ?? axis.size })) };
}
