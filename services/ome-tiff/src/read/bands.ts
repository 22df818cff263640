import { copyBox, itemSize } from "@sluice/core";
import type { FileSource } from "./file-source.ts";
import type { Page } from "./page.ts";
import { decodeSegment } from "./segment-decoder.ts";

/** Some rows of a page: one after another or, for planar pages, of one sample. */
export interface Band {
  readonly page: Page;
  /** First sample, and samples that its bytes hold, each as rows of its own. */
  readonly sample: number;
  readonly samples: number;
  readonly row: number;
  readonly rows: number;
}

/** Bands are about as large as a message of the wire likes its payload. */
const bandBytes = 1024 * 1024;

/** Cuts a page into bands of whole strips or rows of tiles. */
export function* bandsOf(page: Page): Generator<Band> {
  const samples = samplesPerBand(page);
  const rows = rowsPerBand(page);
  for (let sample = 0; sample < page.samples; sample += samples) {
    for (let row = 0; row < page.height; row += rows) {
      yield { page, sample, samples, row, rows: Math.min(rows, page.height - row) };
    }
  }
}

/** Rows of a band: whole strips or rows of tiles. */
export function rowsPerBand(page: Page): number {
  const segmentRowBytes = page.segmentHeight * page.width * samplesPerBand(page) * itemSize[page.dataType];
  return Math.min(page.height, page.segmentHeight * Math.max(1, Math.floor(bandBytes / segmentRowBytes)));
}

function samplesPerBand({ planar, samples }: Page): number {
  return planar === 2 ? 1 : samples;
}

/** Pixels of a band: [sample, row, column] as little-endian elements, one byte for a mask's. */
export async function readBand(source: FileSource, littleEndian: boolean, band: Band): Promise<Uint8Array> {
  const { page, samples, row, rows } = band;
  const itemBytes = itemSize[page.dataType];
  const columns = Math.ceil(page.width / page.segmentWidth);
  const segmentRows = Math.ceil(rows / page.segmentHeight);
  const first = Math.floor(row / page.segmentHeight);
  const pixelBytes = samples * itemBytes;
  const box = { offset: [row, 0], shape: [rows, page.width] };
  let pixels: Uint8Array | undefined;
  const place = async (segmentRow: number, column: number): Promise<void> => {
    const top = segmentRow * page.segmentHeight;
    const height = page.tiled ? page.segmentHeight : Math.min(page.segmentHeight, page.height - top);
    const data = await readSegment(source, littleEndian, band, segmentRow * columns + column, height);
    if (columns === 1 && segmentRows === 1 && page.segmentWidth === page.width) {
      pixels = data.subarray(0, rows * page.width * pixelBytes);
      return;
    }
    pixels ??= new Uint8Array(rows * page.width * pixelBytes);
    const segment = { offset: [top, column * page.segmentWidth], shape: [height, page.segmentWidth] };
    copyBox({ box: segment, data }, { box, data: pixels }, pixelBytes);
  };
  await Promise.all(
    Array.from({ length: segmentRows * columns }, (_, index) =>
      place(first + Math.floor(index / columns), index % columns),
    ),
  );
  const chunky = pixels ?? new Uint8Array(0);
  return samples === 1 ? chunky : apart(chunky, samples, itemBytes);
}

async function readSegment(
  source: FileSource,
  littleEndian: boolean,
  { page, sample, samples }: Band,
  index: number,
  height: number,
): Promise<Uint8Array> {
  const segments = Math.ceil(page.width / page.segmentWidth) * Math.ceil(page.height / page.segmentHeight);
  const number = page.planar === 2 ? sample * segments + index : index;
  const what = `${page.tiled ? "Tile" : "Strip"} ${number} of page ${page.index}`;
  const offset = Number(page.offsets[number]);
  const length = Number(page.lengths[number]);
  const packed = await source.read(offset, length, what);
  const bytes = await decodeSegment(page, littleEndian, packed, height, what);
  return page.bits === 1 ? unpackBits(bytes, page.segmentWidth * samples) : bytes;
}

/** Pixel by pixel to sample by sample. */
function apart(bytes: Uint8Array, samples: number, itemBytes: number): Uint8Array {
  const output = new Uint8Array(bytes.length);
  const pixels = bytes.length / (samples * itemBytes);
  let next = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let sample = 0; sample < samples; sample++) {
      const target = (sample * pixels + pixel) * itemBytes;
      for (let byte = 0; byte < itemBytes; byte++) output[target + byte] = bytes[next++] as number;
    }
  }
  return output;
}

/** Rows of packed bits, the highest first, to one byte each; rows begin at whole bytes. */
function unpackBits(bytes: Uint8Array, perRow: number): Uint8Array {
  const rowBytes = Math.ceil(perRow / 8);
  const rows = bytes.length / rowBytes;
  const output = new Uint8Array(rows * perRow);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < perRow; index++) {
      const byte = bytes[row * rowBytes + (index >> 3)] as number;
      output[row * perRow + index] = (byte >> (7 - (index & 7))) & 1;
    }
  }
  return output;
}
