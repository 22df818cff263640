import { type DatasetHeader, nonFiniteLosses } from "@sluice/core";
import type { Loss } from "@sluice/proto";

/** Numbers that the JSON of records, metadata and attributes cannot hold; all else is kept. */
export function lossesOf({ dataset, arrays, tables }: DatasetHeader): Loss[] {
  const { records, metadata, provenance, ...content } = dataset;
  return nonFiniteLosses({
    "dataset.records": records,
    "dataset.metadata": metadata,
    "dataset.provenance": provenance,
    dataset: content,
    ...Object.fromEntries(arrays.map((array) => [`arrays.${array.name}`, { ...array, fillValue: undefined }])),
    ...Object.fromEntries(tables.map((table) => [`tables.${table.name}`, table])),
  });
}
