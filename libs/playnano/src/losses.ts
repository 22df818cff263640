import { type DatasetHeader, dropped, nonFiniteLosses } from "@sluice/core";
import type { DatasetSpec, Loss } from "@sluice/proto";
import type { Bundle } from "./bundle.ts";

/** What a bundle leaves out of a dataset. Casts to float32 are counted where they are made. */
export function bundleLosses({ dataset, arrays, tables }: DatasetHeader, bundle: Bundle): Loss[] {
  const { data, beforeEdit, stack } = bundle;
  const kept = new Set([
    data.image.name,
    ...[data.times, beforeEdit?.times].flatMap((array) => (array ? [array.name] : [])),
    ...[...bundle.processed, ...bundle.masks].map(({ array }) => array.name),
  ]);
  return [
    ...arrays
      .filter(({ name }) => !kept.has(name))
      .map(({ name }) => dropped(`arrays.${name}`, "A bundle holds the image, its layers, its masks and its times.")),
    ...tables
      .filter(({ name }) => name !== data.table?.name)
      .map(({ name }) => dropped(`tables.${name}`, "A bundle holds no table but that of its frames.")),
    ...Object.entries({
      spike_trains: dataset.spikeTrains,
      segmentations: dataset.segmentations,
      responses: dataset.responses,
      kymographs: dataset.kymographs,
    })
      .filter(([, contents]) => contents.length > 0)
      .map(([name]) => dropped(`dataset.${name}`, "A bundle holds an image stack alone.")),
    ...(stack.imagingPlane && Object.keys(stack.imagingPlane).length > 0
      ? [dropped("dataset.image_stacks[0].imaging_plane", "A bundle has no place for it.")]
      : []),
    ...nonFiniteNumbers(dataset),
  ];
}

/** Numbers in metadata that JSON cannot hold. */
function nonFiniteNumbers({ metadata, records, provenance }: DatasetSpec): Loss[] {
  return nonFiniteLosses({
    "dataset.metadata": metadata,
    "dataset.records": records,
    "dataset.provenance.steps": provenance?.steps.map((step) => step.parameters),
  });
}
