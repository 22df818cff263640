import { asDoubles, type Box, type DataType } from "@sluice/core";
import type { Hdf5Dataset } from "@sluice/hdf5";
import { unfitFile } from "./spikelab-error.ts";

const integers: ReadonlySet<string | undefined> = new Set([
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
]);

/** True for a dataset of integers. */
export function isInteger({ dataType }: Hdf5Dataset): boolean {
  return integers.has(dataType);
}

/** Length of a dataset of one axis of integers or floats of 32 or 64 bits. */
export function listLength(dataset: Hdf5Dataset): number {
  requireNumbers(dataset);
  const { shape } = dataset;
  if (shape?.length === 1) return shape[0] as number;
  throw unfitFile({
    reason: "SPIKELAB_SHAPE_INVALID",
    message: "The dataset must have one axis.",
    field: dataset.path,
    got: shape === null ? "nothing" : `[${shape.join(", ")}]`,
  });
}

/** Numbers of a box as doubles, which hold integers up to 2^53 exactly. */
export async function readNumbers(dataset: Hdf5Dataset, box?: Box): Promise<Float64Array> {
  requireNumbers(dataset);
  return asDoubles(dataset.dataType as DataType, await dataset.read(box));
}

/** Elements of a list from one index to before another. */
export function span(start: number, end: number): Box {
  return { offset: [start], shape: [end - start] };
}

function requireNumbers(dataset: Hdf5Dataset): void {
  if (isInteger(dataset) || dataset.dataType === "float64" || dataset.dataType === "float32") return;
  throw unfitFile({
    reason: "SPIKELAB_TYPE_INVALID",
    message: "The dataset must hold numbers.",
    field: dataset.path,
    got: dataset.dataType ?? "another type",
    allowed: [...integers, "float32", "float64"] as string[],
  });
}
