import { type DatasetHeader, dropped, loss, nonFiniteLosses } from "@sluice/core";
import { type DatasetSpec, type Loss, LossKind } from "@sluice/proto";
import type { ImagePlan } from "./plan.ts";

/** What the file will not hold as the stream has it, before the first pixel. */
export function foreseenLosses(header: DatasetHeader, plan: ImagePlan): Loss[] {
  const { array, castTo, dataType } = plan;
  const cast = castTo ? [loss(LossKind.LOSS_KIND_CAST, `arrays.${array.name}`, `${dataType} becomes ${castTo}.`)] : [];
  return [...cast, ...constantLosses(header, plan)];
}

/** Losses that do not depend on the pixels. */
export function constantLosses({ dataset, arrays, tables }: DatasetHeader, plan: ImagePlan): Loss[] {
  const kept = new Set([plan.array.name, ...plan.coordinates.map((array) => array.name)]);
  const mask = loss(
    LossKind.LOSS_KIND_SCALED,
    `arrays.${plan.array.name}`,
    "The mask is written as uint8, false as 0 and true as 255.",
  );
  return [
    ...(plan.storedType === "bool" ? [mask] : []),
    ...arrays
      .filter(({ name }) => !kept.has(name))
      .map(({ name }) => dropped(`arrays.${name}`, "OME-TIFF holds one image; the option `image` selects it.")),
    ...tables.map(({ name }) => dropped(`tables.${name}`, "OME-TIFF holds no tables.")),
    ...droppedContents(dataset),
    ...nonFiniteNumbers(dataset, plan),
  ];
}

function droppedContents(dataset: DatasetSpec): Loss[] {
  const contents = {
    spike_trains: dataset.spikeTrains,
    segmentations: dataset.segmentations,
    responses: dataset.responses,
    kymographs: dataset.kymographs,
  };
  return Object.entries(contents)
    .filter(([, items]) => items.length > 0)
    .map(([name]) => dropped(`dataset.${name}`, "OME-TIFF holds images alone."));
}

/** Numbers in metadata that JSON cannot hold. */
function nonFiniteNumbers({ metadata, records, provenance }: DatasetSpec, { array }: ImagePlan): Loss[] {
  return nonFiniteLosses({
    "dataset.metadata": metadata,
    "dataset.records": records,
    "dataset.provenance.steps": provenance?.steps.map((step) => step.parameters),
    [`arrays.${array.name}.attributes`]: array.attributes,
  });
}
