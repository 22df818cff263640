import type { Encoding } from "@sluice/proto";
import type { ChunkCounts } from "./chunked-storage.ts";

/** What became of the chunks of all datasets, and why: the reason of the largest one. */
export function encodingOf(counts: readonly ChunkCounts[]): Encoding {
  const [largest] = counts.toSorted((a, b) => b.rawBytes - a.rawBytes);
  const rawBytes = counts.reduce((sum, count) => sum + count.rawBytes, 0);
  const storedBytes = counts.reduce((sum, count) => sum + count.storedBytes, 0);
  if (!largest) return { codec: "none", reason: "No dataset is large enough for chunks.", rawBytes, storedBytes };
  const { reason } = largest;
  return { codec: reason === undefined ? "none" : "deflate", reason: reason ?? "asked for", rawBytes, storedBytes };
}
