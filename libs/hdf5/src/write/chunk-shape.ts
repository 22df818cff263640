import { type MaximumShape, unlimited } from "./dataspace-message.ts";

/** What fits the chunk cache of the HDF5 library, so that a reader of parts inflates a chunk once. */
const wholeBytes = 1024 * 1024;
/** Where it is open how long an axis will be, a chunk is mostly empty in the worst case. */
const openBytes = 64 * 1024;

/**
 * Chunks for a dataset that has to have some: whole indices of axis 0, as many as fit, and parts of one where it is
 * larger than that.
 */
export function automaticChunks(
  shape: readonly number[],
  maximum: MaximumShape | undefined,
  itemBytes: number,
): readonly number[] {
  const chunk = shape.map(() => 1);
  let bytes = itemBytes;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    const most = maximum ? (maximum[axis] as number | null) : length;
    const open = most === unlimited && length === 0;
    const fitting = Math.max(1, Math.floor((open ? openBytes : wholeBytes) / bytes));
    chunk[axis] = open ? fitting : Math.max(1, Math.min(fitting, length));
    bytes *= chunk[axis] as number;
  }
  return chunk;
}
