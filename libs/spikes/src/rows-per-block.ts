import { type DataType, itemSize } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

const blockBytes = 2 ** 20;

/** Indices of axis 0 of an array, such as the samples of raw traces, that about 1 MiB holds; at least one. */
export function rowsPerBlock({ axes, dataType }: ArraySpec): number {
  const elements = axes.slice(1).reduce((product, { size }) => product * (size ?? 1), 1);
  return Math.max(1, Math.floor(blockBytes / Math.max(1, elements * itemSize[dataType as DataType])));
}
