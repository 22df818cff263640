import { ByteWriter } from "./byte-writer.ts";

/** Length of an axis that may grow for ever, h5py's None. */
export const unlimited = null;

/** Largest length of each axis; null where there is none. */
export type MaximumShape = readonly (number | null)[];

/**
 * Dataspace message (spec IV.A.2.b): version 1, or version 2 for the space that holds nothing, which version 1 has not.
 *
 * @param shape lengths of the axes; empty for a scalar, null for the null space
 * @param maximum only where it differs from the shape
 */
export function dataspaceMessage(shape: readonly number[] | null, maximum?: MaximumShape): Uint8Array {
  if (shape === null) return nothing;
  if (shape.length === 0) return scalar;
  const writer = new ByteWriter(8 + 16 * shape.length).uint8(1, shape.length, maximum ? 1 : 0).zeros(5);
  writer.uint64(...shape);
  for (const length of maximum ?? []) writer.address(length ?? undefined);
  return writer.finish();
}

const nothing = new ByteWriter(4).uint8(2, 0, 0, 2).finish();
const scalar = new ByteWriter(8).uint8(1).zeros(7).finish();
