import { countElements } from "@sluice/core";
import type { StructureReader } from "./structure-reader.ts";

/** Lengths of the axes, and up to which they may grow; null for a null space. */
export interface Dataspace {
  readonly shape: readonly number[] | null;
  /** null for a length without limit. */
  readonly maxShape: readonly (number | null)[] | null;
}

const maximumRank = 32;

/** Dataspace messages of versions 1 and 2 (spec IV.A.2.b). */
export function readDataspace(reader: StructureReader): Dataspace {
  const version = reader.version("a dataspace", 1, 2);
  const [rank, flags, kind] = [reader.uint8(), reader.uint8(), reader.uint8()];
  reader.expect(rank <= maximumRank && flags <= 1, `a dataspace of ${rank} axes and flags ${flags}`);
  if (version === 1) reader.zeros(4, "a dataspace");
  else reader.expect(kind === (rank > 0 ? 1 : kind === 2 ? 2 : 0), `a dataspace of kind ${kind}`);
  if (version === 2 && kind === 2) return { shape: null, maxShape: null };
  const shape = Array.from({ length: rank }, () => reader.count());
  const maxShape = flags === 1 ? shape.map(() => reader.address() ?? null) : shape;
  reader.expect(
    maxShape.every((most, axis) => most === null || most >= (shape[axis] as number)),
    "a length above its maximum",
  );
  reader.expect(countElements(shape) !== undefined, "more elements than can be counted");
  return { shape, maxShape };
}
