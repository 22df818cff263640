import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, DatasetSpec, TableSpec } from "@sluice/proto";

/** Attribute of the root that holds what NWB has no place for: names of arrays, records, provenance. */
export const recordAttribute = "sluice_dataset";

/** What our loader restores; the values themselves stand where NWB has them. */
export interface SluiceRecord {
  readonly dataset: DatasetSpec;
  readonly arrays: readonly ArraySpec[];
  readonly tables: readonly TableSpec[];
}

/** The record as JSON. */
export function recordText({ dataset, arrays, tables }: DatasetHeader): string {
  return JSON.stringify({
    layout: 1,
    dataset: DatasetSpec.toJSON({ ...dataset, origins: [] }),
    arrays: arrays.map((array) => ArraySpec.toJSON({ ...array, chunkShape: [] })),
    tables: tables.map((table) => TableSpec.toJSON(table)),
  });
}

/** The record of a text; undefined where it is none of ours. */
export function recordOf(text: unknown): SluiceRecord | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { layout, dataset, arrays, tables } = JSON.parse(text) as Record<string, unknown>;
    if (layout !== 1 || !Array.isArray(arrays) || !Array.isArray(tables)) return undefined;
    return {
      dataset: DatasetSpec.fromJSON(dataset),
      arrays: arrays.map((array) => ArraySpec.fromJSON(array)),
      tables: tables.map((table) => TableSpec.fromJSON(table)),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
