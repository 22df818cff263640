import { inOrder } from "@sluice/codec";
import { chunkFrame, type DatasetStream } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { placeOf } from "../dimensions.ts";
import { type Band, bandsOf } from "./bands.ts";
import type { ImageModel } from "./image-model.ts";
import { requireAlike } from "./page.ts";
import { readModel } from "./read-model.ts";
import { TiffReader } from "./tiff-reader.ts";

/** The image of that index as a stream of chunks, each a band of a plane. */
export async function loadTiff(path: string, image: number, signal?: AbortSignal): Promise<DatasetStream> {
  const reader = await TiffReader.open(path);
  try {
    const model = await readModel(reader, path, image);
    return { header: model.header, frames: readFrames(path, model, signal) };
  } finally {
    await reader.close();
  }
}

/** Bands that are read and unpacked at the same time. */
const lookAhead = 4;
/** Values of coordinates in one chunk. */
const coordinatesPerChunk = 65_536;

async function* readFrames(path: string, model: ImageModel, signal?: AbortSignal): AsyncGenerator<Frame> {
  yield* coordinateFrames(model);
  const reader = await TiffReader.open(path);
  try {
    const read = async (placed: PlacedBand) => ({ ...placed, pixels: await reader.readBand(placed.band) });
    for await (const { plane, band, pixels } of inOrder(placedBands(reader, model), lookAhead, read, signal)) {
      yield frameOf(model, plane, band, pixels);
    }
  } finally {
    await reader.close();
  }
}

function* coordinateFrames({ coordinates }: ImageModel): Generator<Frame> {
  for (const { arrayId, bytes, length } of coordinates) {
    const itemBytes = bytes.length / length;
    for (let first = 0; first < length; first += coordinatesPerChunk) {
      const count = Math.min(coordinatesPerChunk, length - first);
      const data = bytes.subarray(first * itemBytes, (first + count) * itemBytes);
      yield chunkFrame({ arrayId, offset: [first], shape: [count], data });
    }
  }
}

interface PlacedBand {
  readonly plane: number;
  readonly band: Band;
}

async function* placedBands(reader: TiffReader, { pages, first }: ImageModel): AsyncGenerator<PlacedBand> {
  for (let plane = 0; plane < pages.length; plane++) {
    const page = await reader.page(pages[plane] as number);
    requireAlike(page, first);
    for (const band of bandsOf(page)) yield { plane, band };
  }
}

function frameOf(model: ImageModel, plane: number, band: Band, pixels: Uint8Array): Frame {
  const { arrayId, outer, first, isMask } = model;
  const inPages = outer.map((axis) => (axis.name === "c" ? { ...axis, size: (axis.size ?? 1) / first.samples } : axis));
  const place = placeOf({ outer: inPages }, plane);
  const data = isMask ? pixels.map((value) => (value === 0 ? 0 : 1)) : pixels;
  return chunkFrame({
    arrayId,
    offset: [
      ...outer.map(({ name }) => (name === "c" ? place.c * first.samples + band.sample : place[name])),
      band.row,
      0,
    ],
    shape: [...outer.map(({ name }) => (name === "c" ? band.samples : 1)), band.rows, first.width],
    data,
  });
}
