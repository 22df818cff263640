import { countNonFinite, type DatasetHeader } from "@sluice/core";
import { type Loss, LossKind } from "@sluice/proto";
import type { NpzPlan } from "./plan.ts";

/** Losses that are known before the first value. */
export function constantLosses(header: DatasetHeader, { arrays, tables }: NpzPlan): Loss[] {
  const { metadata, records, provenance, imageStacks } = header.dataset;
  const texts = {
    "dataset.metadata": metadata,
    "dataset.records": records,
    "dataset.provenance.steps": provenance?.steps.map((step) => step.parameters),
    "dataset.image_stacks": imageStacks.map((stack) => stack.imagingPlane),
    ...Object.fromEntries(arrays.map(({ array }) => [`arrays.${array.name}.attributes`, array.attributes])),
    ...Object.fromEntries(tables.map(({ table }) => [`tables.${table.name}.attributes`, table.attributes])),
  };
  return Object.entries(texts)
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

/** Losses to come: those, and the conversions whose error the values will tell. */
export function foreseenLosses(header: DatasetHeader, plan: NpzPlan): Loss[] {
  const casts = plan.arrays.flatMap(({ array, castTo }) =>
    castTo
      ? [
          {
            kind: LossKind.LOSS_KIND_CAST,
            field: `arrays.${array.name}`,
            message: `${array.dataType} becomes ${castTo}.`,
            count: undefined,
            maxError: undefined,
          },
        ]
      : [],
  );
  return [...casts, ...constantLosses(header, plan)];
}
