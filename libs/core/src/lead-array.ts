import type { ArraySpec } from "@sluice/proto";
import { type DatasetHeader, imageOf } from "./stream.ts";

/**
 * The array that a file of many parts holds first, because it is written while it comes, whatever its length: the head of
 * the file is rewritten at the end, and all others wait. One of unknown length before all others, then the largest; the
 * current image before its equals. Undefined when all are ragged.
 *
 * @param bytesOf an array as the file holds it; undefined when its length is not known
 */
export function leadArray(
  header: DatasetHeader,
  arrays: readonly ArraySpec[],
  bytesOf: (array: ArraySpec) => number | undefined,
): ArraySpec | undefined {
  const image = imageOf(header)?.array;
  const weight = (array: ArraySpec) => bytesOf(array) ?? Number.POSITIVE_INFINITY;
  return arrays
    .filter(({ ragged }) => !ragged)
    .toSorted(
      (one, other) =>
        Number(weight(other) > weight(one)) - Number(weight(other) < weight(one)) ||
        Number(other === image) - Number(one === image),
    )[0];
}
