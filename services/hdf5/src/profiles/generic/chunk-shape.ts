import { type DataType, itemSize } from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";

/** What fits the chunk cache of the HDF5 library, so that a reader of parts inflates a chunk once. */
const wholeBytes = 2 ** 20;
/** Where it is open how long an axis will be, a chunk is mostly empty in the worst case. */
const openBytes = 2 ** 16;
/** Arrays up to here are kept in one piece. */
const pieceBytes = 2 ** 14;

/** True for arrays that are written in one piece when they are complete: small, and of known length. */
export function isPiece(array: ArraySpec): boolean {
  const size = array.axes[0]?.size;
  return size !== undefined && size * indexBytes(array) <= pieceBytes;
}

/**
 * The shape of an array's chunks.
 *
 * As chosen, cut to the array, for arrays of as many axes. Otherwise whole indices of axis 0, as many as fit 1 MiB, or
 * parts of one where it is larger; all of much the same length, so that little of a chunk lies beyond the edge.
 */
export function chunkShapeOf(array: ArraySpec, chosen?: readonly number[]): number[] {
  const lengths = array.axes.map((axis) => axis.size ?? Number.POSITIVE_INFINITY);
  if (chosen?.length === lengths.length) {
    return chosen.map((length, axis) => Math.min(length, Math.max(1, lengths[axis] as number)));
  }
  const chunk = lengths.map(() => 1);
  let bytes = itemSize[array.dataType as DataType];
  for (let axis = chunk.length - 1; axis >= 0; axis--) {
    const length = Math.max(1, lengths[axis] as number);
    const open = length === Number.POSITIVE_INFINITY;
    const most = Math.max(1, Math.floor((open ? openBytes : wholeBytes) / bytes));
    chunk[axis] = open ? most : Math.ceil(length / Math.ceil(length / most));
    bytes *= chunk[axis] as number;
  }
  return chunk;
}

/** Elements of a chunk of values that come one after another, their number not known. */
export function seriesChunk(itemBytes: number): number {
  return openBytes / itemBytes;
}

/** Bytes of one index of axis 0. */
export function indexBytes({ axes, dataType }: ArraySpec): number {
  return axes.slice(1).reduce((product, axis) => product * (axis.size ?? 1), itemSize[dataType as DataType]);
}
