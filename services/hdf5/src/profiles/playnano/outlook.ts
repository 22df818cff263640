import { type DatasetHeader, isError, loss, type Outlook, timeProblems } from "@sluice/core";
import { type Bundle, bundleLosses, bundleOf } from "@sluice/playnano";
import { type Loss, LossKind } from "@sluice/proto";
import { chunkShapeOf, indexBytes } from "../generic/chunk-shape.ts";

/** Texts of a frame: its metadata, twice where the frames were edited. */
const bytesPerFrame = 512;
/** Object header and index of a dataset, with an entry for each chunk. */
const bytesPerObject = 8192;
const bytesPerChunk = 64;
/** Chunks at work at the same time, before and after compression. */
const chunksInFlight = 32;

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader): Outlook {
  const outcome = bundleOf(header);
  const problems = [...timeProblems(header.dataset), ...outcome.problems];
  if (!("bundle" in outcome) || problems.some(isError)) return { problems };
  const { bundle } = outcome;
  const stacks = [
    { ...bundle.data.image, dataType: "float32" },
    ...bundle.processed.map(({ array }) => ({ ...array, dataType: "float32" })),
    ...bundle.masks.map(({ array }) => array),
  ].map((array) => {
    const frames = array.axes[0]?.size ?? Number.POSITIVE_INFINITY;
    const frameBytes = indexBytes(array);
    const rowBytes = (chunkShapeOf(array)[0] as number) * frameBytes;
    const chunks = Math.ceil((frames * frameBytes) / Math.min(2 ** 20, rowBytes)) + frames;
    return { bytes: bytesPerObject + frames * frameBytes * 1.01 + chunks * bytesPerChunk, rowBytes };
  });
  const frames = bundle.data.image.axes[0]?.size ?? Number.POSITIVE_INFINITY;
  const texts = JSON.stringify(header).length * 4 + 2 ** 14 + frames * bytesPerFrame;
  const artifactBytes = stacks.reduce((sum, { bytes }) => sum + bytes, texts);
  const rows = stacks.reduce((sum, { rowBytes }) => sum + 2 * rowBytes, 0);
  return {
    problems,
    losses: [...castLosses(bundle), ...bundleLosses(header, bundle)],
    artifactBytes: Number.isFinite(artifactBytes) ? Math.ceil(artifactBytes) : undefined,
    memoryBytes: Math.ceil(2 ** 22 + rows + chunksInFlight * 2 ** 20 + (Number.isFinite(texts) ? texts : 0)),
  };
}

function castLosses({ data, processed }: Bundle): Loss[] {
  return [...new Set([data.image, ...processed.map(({ array }) => array)])]
    .filter(({ dataType }) => dataType !== "float32")
    .map(({ name, dataType }) => loss(LossKind.LOSS_KIND_CAST, `arrays.${name}`, `${dataType} becomes float32.`));
}
