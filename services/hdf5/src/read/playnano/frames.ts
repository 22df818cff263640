import { asElements, chunkFrame, type DatasetHeader, type DataType } from "@sluice/core";
import { type Hdf5File, openHdf5 } from "@sluice/hdf5";
import { metadataFrames, type StoredBundle } from "@sluice/playnano";
import type { ArrayChunk, ArraySpec, Frame } from "@sluice/proto";

/** Most bytes of a chunk, unless a row of pixels is larger. */
const chunkBytes = 2 ** 20;

/** Times and the table of the frames, then the movies side by side. Memory: a chunk of each movie. */
export async function* bundleFrames(
  path: string,
  { arrays }: DatasetHeader,
  stored: StoredBundle,
  signal?: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  yield* metadataFrames(stored);
  const file = await openHdf5(path, signal);
  try {
    const movies = arrays.filter(({ axes }) => axes.length === 3);
    for await (const chunk of sideBySide(movies.map((array) => movieChunks(file, array)))) yield chunkFrame(chunk);
  } finally {
    await file.close();
  }
}

/** The chunks of several movies, always of the one that is furthest behind. */
async function* sideBySide(movies: readonly AsyncGenerator<ArrayChunk>[]): AsyncGenerator<ArrayChunk> {
  const next = await Promise.all(movies.map((movie) => movie.next()));
  for (;;) {
    const starts = next.map(({ done, value }) => (done ? Number.POSITIVE_INFINITY : (value.offset[0] as number)));
    const behind = starts.indexOf(Math.min(...starts));
    const movie = movies[behind];
    const chunk = next[behind];
    if (!movie || !chunk || chunk.done) return;
    yield chunk.value;
    next[behind] = await movie.next();
  }
}

async function* movieChunks(file: Hdf5File, { arrayId, name, dataType }: ArraySpec): AsyncGenerator<ArrayChunk> {
  const dataset = await file.dataset(name === "image" ? "data" : name);
  const stored = dataset.dataType;
  for await (const { offset, shape, data } of dataset.blocks({ maximumBytes: chunkBytes })) {
    const isMaskOfNumbers = dataType === "bool" && stored !== undefined && stored !== "bool";
    yield { arrayId, offset: [...offset], shape: [...shape], data: isMaskOfNumbers ? truths(stored, data) : data };
  }
}

/** playNano takes for true what is not zero. */
function truths(dataType: DataType, data: Uint8Array): Uint8Array {
  const elements: ArrayLike<number | bigint> = asElements(dataType, data);
  return Uint8Array.from(elements, (value) => (value ? 1 : 0));
}
