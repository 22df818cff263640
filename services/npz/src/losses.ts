import { type DatasetHeader, loss, nonFiniteLosses } from "@sluice/core";
import { type Loss, LossKind } from "@sluice/proto";
import type { NpzPlan } from "./plan.ts";

/** Losses that are known before the first value. */
export function constantLosses(header: DatasetHeader, { arrays, tables }: NpzPlan): Loss[] {
  const { metadata, records, provenance, imageStacks } = header.dataset;
  return nonFiniteLosses({
    "dataset.metadata": metadata,
    "dataset.records": records,
    "dataset.provenance.steps": provenance?.steps.map((step) => step.parameters),
    "dataset.image_stacks": imageStacks.map((stack) => stack.imagingPlane),
    ...Object.fromEntries(arrays.map(({ array }) => [`arrays.${array.name}.attributes`, array.attributes])),
    ...Object.fromEntries(tables.map(({ table }) => [`tables.${table.name}.attributes`, table.attributes])),
  });
}

/** Losses to come: those, and the conversions whose error the values will tell. */
export function foreseenLosses(header: DatasetHeader, plan: NpzPlan): Loss[] {
  const casts = plan.arrays.flatMap(({ array, castTo }) =>
    castTo ? [loss(LossKind.LOSS_KIND_CAST, `arrays.${array.name}`, `${array.dataType} becomes ${castTo}.`)] : [],
  );
  return [...casts, ...constantLosses(header, plan)];
}
