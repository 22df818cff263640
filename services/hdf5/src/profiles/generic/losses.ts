import { countNonFinite, type DatasetHeader } from "@sluice/core";
import { type Loss, LossKind } from "@sluice/proto";

/** Numbers that the JSON of records, metadata and attributes cannot hold; all else is kept. */
export function lossesOf({ dataset, arrays, tables }: DatasetHeader): Loss[] {
  const { records, metadata, provenance, ...content } = dataset;
  const places: [string, unknown][] = [
    ["dataset.records", records],
    ["dataset.metadata", metadata],
    ["dataset.provenance", provenance],
    ["dataset", content],
    ...arrays.map((array): [string, unknown] => [`arrays.${array.name}`, { ...array, fillValue: undefined }]),
    ...tables.map((table): [string, unknown] => [`tables.${table.name}`, table]),
  ];
  return places
    .map(([field, value]) => ({ field, count: countNonFinite(value) }))
    .filter(({ count }) => count > 0)
    .map(({ field, count }) => ({
      kind: LossKind.LOSS_KIND_DROPPED,
      field,
      message: "Numbers that JSON does not know (NaN, infinities) are written as null.",
      count,
      maxError: undefined,
    }));
}
