import { setImmediate as nextTurn } from "node:timers/promises";
import { defaultLookAhead, inOrder } from "@sluice/codec";
import { type Box, copyBox, elementCount, shapesEqual } from "@sluice/core";
import { canDecode, decodeChunk } from "../chunks/chunk-decoder.ts";
import { countsInOrder, type StoredChunk, storedChunks } from "../chunks/chunk-index.ts";
import type { FileDataset } from "./file-dataset.ts";
import type { ChunkLayout } from "./layout.ts";
import { copied, type Pages } from "./pages.ts";
import { StorageError } from "./stored-file.ts";

/** Larger chunks come from damaged headers, or are too large to have several under way. */
const largestChunkBytes = 64 * 1024 * 1024;
/** Parts of a box are read in one go when no more than this lies between them. */
const closeBytes = 64 * 1024;
/** Bytes of small chunks, inflated at once, after which others have their turn. */
const bytesPerTurn = 1024 * 1024;

/**
 * The elements of a box as they are in the file, in C order, in memory of their own; a StorageError for filters other
 * than deflate and shuffle.
 */
export async function readFileElements(
  file: Pages,
  dataset: FileDataset,
  box: Box,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { layout } = dataset;
  if (layout.kind === "chunked") return await readChunked(file, dataset, layout, box, signal);
  const source = layout.kind === "compact" ? layout.data : layout.address;
  if (source === undefined) return filled(dataset, box);
  return await readPiece(file, source, dataset, box);
}

/** Memory for a box, as if nothing of it had been written. */
function filled({ fill, type }: FileDataset, { shape }: Box): Buffer {
  const bytes = elementCount(shape) * type.bytes;
  return fill ? Buffer.alloc(bytes, fill) : Buffer.alloc(bytes);
}

/** @param source all elements, or where they begin in the file */
async function readPiece(
  file: Pages,
  source: Buffer | number,
  { type, space }: FileDataset,
  box: Box,
): Promise<Buffer> {
  const shape = space.shape as readonly number[];
  const itemBytes = type.bytes;
  const fetch = async (part: Box): Promise<Buffer> => {
    const place = part.offset.reduce((sum, first, axis) => sum * (shape[axis] as number) + first, 0);
    const [start, bytes] = [place * itemBytes, elementCount(part.shape) * itemBytes];
    return typeof source === "number"
      ? await file.copy(source + start, bytes)
      : copied(source.subarray(start, start + bytes));
  };
  const whole = widened(box, shape);
  if (shapesEqual(whole.shape, box.shape)) return await fetch(whole);
  const target = Buffer.alloc(elementCount(box.shape) * itemBytes);
  const take = async (part: Box): Promise<void> => {
    const around = widened(part, shape);
    if (elementCount(around.shape) * itemBytes <= Math.max(closeBytes, 2 * elementCount(part.shape) * itemBytes)) {
      copyBox({ box: around, data: await fetch(around) }, { box, data: target }, itemBytes, part);
      return;
    }
    const axis = part.shape.findIndex((length) => length > 1);
    for (let index = 0; index < (part.shape[axis] as number); index++) {
      const offset = part.offset.map((first, at) => (at === axis ? first + index : first));
      await take({ offset, shape: part.shape.map((length, at) => (at === axis ? 1 : length)) });
    }
  };
  await take(box);
  return target;
}

/** The box with all that lies between its elements: its axes behind the first one that it has a length on are whole. */
function widened({ offset, shape }: Box, whole: readonly number[]): Box {
  const axis = shape.findIndex((length) => length > 1);
  if (axis < 0) return { offset, shape };
  return {
    offset: offset.map((first, at) => (at > axis ? 0 : first)),
    shape: shape.map((length, at) => (at > axis ? (whole[at] as number) : length)),
  };
}

async function readChunked(
  file: Pages,
  dataset: FileDataset,
  layout: ChunkLayout,
  box: Box,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const { space, filters, type } = dataset;
  const { chunk } = layout;
  const shape = space.shape as readonly number[];
  const chunkBytes = elementCount(chunk) * type.bytes;
  if (!canDecode(filters)) throw new StorageError("filters of other kinds");
  if (chunkBytes > largestChunkBytes) throw new StorageError(`chunks of ${chunkBytes} bytes`);
  if (!countsInOrder(layout, shape, space.maxShape ?? [])) throw new StorageError("chunks in another order");
  const target = filled(dataset, box);
  const lookAhead = Math.max(2, Math.min(defaultLookAhead, Math.floor(largestChunkBytes / chunkBytes)));
  const decode = async (stored: StoredChunk) => ({
    box: { offset: stored.offset, shape: chunk },
    data: await decodeChunk(file, stored, filters, chunkBytes),
  });
  let sinceTurn = 0;
  for await (const source of inOrder(storedChunks(file, layout, shape, box), lookAhead, decode, signal)) {
    copyBox(source, { box, data: target }, type.bytes);
    sinceTurn += chunkBytes;
    if (sinceTurn < bytesPerTurn) continue;
    sinceTurn = 0;
    await nextTurn();
  }
  return target;
}
