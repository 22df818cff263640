import type { ArrayDigest, ArraySpec, Difference, Verification } from "@sluice/proto";
import { Assembly, wholeFrames } from "./assembly.ts";
import { countElements } from "./box.ts";
import { differences } from "./digest.ts";
import type { DatasetStream } from "./stream.ts";

/** Reads a stream to its end and gives the digest of every array. */
export async function digestsOf(stream: DatasetStream): Promise<ArrayDigest[]> {
  const assembly = new Assembly(stream, handyRuns);
  for await (const item of assembly) void item;
  return assembly.digests;
}

/** The grid does not show in a digest: short frames are taken many at a time, long ones in pieces. */
function handyRuns(array: ArraySpec): number[] {
  const grid = wholeFrames(array).with(0, Number.MAX_SAFE_INTEGER);
  for (const [axis, length] of grid.entries()) {
    const below = countElements(grid.slice(axis + 1)) ?? Number.POSITIVE_INFINITY;
    const most = Math.max(1, Math.floor(elementsAtOnce / below));
    grid[axis] = Math.min(length, most);
    if (below <= elementsAtOnce) break;
  }
  return grid;
}

const elementsAtOnce = 2 ** 16;

/** What an export that kept no array bit by bit, as counts in bins keep no times, has instead of digests. */
const nothingToCompare: Difference = {
  array: "",
  frames: [],
  count: 0,
  message:
    "There is nothing to compare: the format holds none of the arrays bit by bit, and so the export has no digests.",
};

/**
 * Compares the digests of an export with the values that a loader reads back from its artifact.
 *
 * @param expected digests of the export; without any the answer is that nothing was proved
 * @param loader name of the loader that made `stream`
 */
export async function verify(
  expected: readonly ArrayDigest[],
  stream: DatasetStream,
  loader: string,
): Promise<Verification> {
  const actual = new Map((await digestsOf(stream)).map((digest) => [digest.array, digest]));
  if (expected.length === 0) return { equal: false, loader, differences: [nothingToCompare] };
  const found = expected.flatMap((digest): Difference[] => {
    const other = actual.get(digest.array);
    if (other) return [differences(digest, other)].filter((difference) => difference !== undefined);
    return [
      { array: digest.array, frames: [], count: digest.frames.length, message: "The artifact lacks this array." },
    ];
  });
  return { equal: found.length === 0, loader, differences: found };
}
