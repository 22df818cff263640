import { inOrder } from "@sluice/codec";
import { chunkFrame, jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import * as v from "valibot";
import { placeOf } from "./dimensions.ts";
import { type Band, bandsOf } from "./read/bands.ts";
import type { ImageModel } from "./read/image-model.ts";
import { requireAlike } from "./read/page.ts";
import { readModel } from "./read/read-model.ts";
import { TiffReader } from "./read/tiff-reader.ts";

const options = v.strictObject({
  image: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    v.description("Index of the image, in files that hold several"),
  ),
});

/** Reads OME-TIFF and plain TIFF, strips or tiles, plane by plane. Reduced levels (SubIFDs) are left out. */
export const omeTiffLoader: Loader = {
  format: {
    name: "ome-tiff",
    summary: "OME-TIFF and plain TIFF, classic and BigTIFF",
    extensions: [".ome.tif", ".ome.tiff", ".ome.btf", ".ome.tf2", ".ome.tf8", ".tif", ".tiff"],
    optionSchema: jsonSchemaOf(options),
  },
  recognises: (_path, head) =>
    ["II*\0", "MM\0*", "II+\0", "MM\0+"].includes(String.fromCharCode(...head.subarray(0, 4))),
  load: async (path, raw, signal) => {
    const { image } = requireOptions(options, raw, "options");
    const reader = await TiffReader.open(path);
    try {
      const model = await readModel(reader, path, image);
      return { header: model.header, frames: readFrames(path, model, signal) };
    } finally {
      await reader.close();
    }
  },
};

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
