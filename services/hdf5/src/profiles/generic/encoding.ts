import type { ChunkCounts } from "@sluice/hdf5";
import type { Encoding } from "@sluice/proto";

/** What became of the chunks of all arrays, and why: the reason of the largest one. */
export function encodingOf(counts: readonly ChunkCounts[]): Encoding {
  const [largest] = counts.toSorted((a, b) => b.rawBytes - a.rawBytes);
  const rawBytes = counts.reduce((sum, count) => sum + count.rawBytes, 0);
  const storedBytes = counts.reduce((sum, count) => sum + count.storedBytes, 0);
  if (!largest) return { codec: "none", reason: "No array is large enough for chunks.", rawBytes, storedBytes };
  const { reason } = largest;
  return { codec: reason === undefined ? "none" : "deflate", reason: reason ?? "asked for", rawBytes, storedBytes };
}
