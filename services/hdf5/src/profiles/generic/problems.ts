import { countElements, type DatasetHeader, type DataType, itemSize, problem, timeProblems } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import { chunkShapeOf } from "./chunk-shape.ts";

/** Axes of a dataset with chunks: HDF5 has one of its 32 for the element. */
const maximumRank = 31;
/** A chunk is held in memory several times; HDF5's own limit is 4 GiB. */
const maximumChunkBytes = 2 ** 28;

/** Everything that stands against a file of the generic layout. */
export function problemsOf({ dataset, arrays }: DatasetHeader, { chunkShape }: Hdf5Options): Problem[] {
  const dense = arrays.filter(({ ragged }) => !ragged);
  const problems = dense
    .filter(({ axes }) => axes.length > maximumRank)
    .map(({ name, axes }) =>
      problem({
        reason: "RANK_UNSUPPORTED",
        message: "The array has more axes than a dataset of HDF5 can have.",
        field: `arrays.${name}`,
        got: `${axes.length} axes`,
        allowed: [`at most ${maximumRank}`],
        remedy: "Join axes before the export.",
      }),
    );
  if (chunkShape) {
    const fitting = dense.filter(({ axes }) => axes.length === chunkShape.length);
    if (fitting.length === 0)
      problems.push(
        noSuchRank(
          chunkShape,
          dense.map(({ axes }) => axes.length),
        ),
      );
    for (const array of fitting) {
      const bytes =
        (countElements(chunkShapeOf(array, chunkShape)) ?? Number.POSITIVE_INFINITY) *
        itemSize[array.dataType as DataType];
      if (bytes > maximumChunkBytes) problems.push(tooLarge(array.name, chunkShape, bytes));
    }
  }
  return [...problems, ...timeProblems(dataset)];
}

function noSuchRank(chunkShape: readonly number[], ranks: readonly number[]): Problem {
  return problem({
    reason: "CHUNK_SHAPE_UNFIT",
    message: "No array of the dataset has as many axes as the chunk shape.",
    field: "options.chunkShape",
    got: `[${chunkShape.join(", ")}]`,
    allowed: [...new Set(ranks)].map((rank) => `${rank} lengths`),
    remedy: "Give one length for each axis, or leave the option out.",
  });
}

function tooLarge(array: string, chunkShape: readonly number[], bytes: number): Problem {
  return problem({
    reason: "CHUNK_SHAPE_UNFIT",
    message: `A chunk of array ${JSON.stringify(array)} would be too large.`,
    field: "options.chunkShape",
    got: `[${chunkShape.join(", ")}], ${bytes} bytes`,
    allowed: [`chunks of at most ${maximumChunkBytes} bytes`],
    remedy: "Choose smaller chunks; about 1 MiB suits most readers.",
  });
}
