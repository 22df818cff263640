import type { DataType } from "@sluice/core";
import type { ImageFileDirectory } from "geotiff";
import { dataTypeOf, SampleFormat } from "../pixel-type.ts";
import { corrupt, unsupported } from "./tiff-error.ts";

/** How the pixels of a page are stored. */
export interface Page {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Samples of a pixel: 3 for RGB. */
  readonly samples: number;
  /** Samples one after another in a pixel (1), or each in planes of its own (2). */
  readonly planar: number;
  readonly bits: number;
  readonly dataType: DataType;
  readonly compression: number;
  readonly predictor: number;
  readonly tiled: boolean;
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  readonly offsets: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
}

/** Reads what a directory says of its pixels; TIFF_FIELD_CORRUPT where it makes no sense. */
export async function readPage(directory: ImageFileDirectory, index: number): Promise<Page> {
  const fields = new Fields(directory, index);
  const width = await fields.positive("ImageWidth");
  const height = await fields.positive("ImageLength");
  const samples = await fields.positive("SamplesPerPixel", 1);
  const bits = await fields.common("BitsPerSample", 1);
  const sampleFormat = await fields.common("SampleFormat", SampleFormat.unsigned);
  const tiled = directory.hasTag("TileOffsets");
  const page = {
    index,
    width,
    height,
    samples,
    planar: await fields.positive("PlanarConfiguration", 1),
    bits,
    dataType: fields.dataType(bits, sampleFormat),
    compression: await fields.positive("Compression", 1),
    predictor: await fields.positive("Predictor", 1),
    tiled,
    segmentWidth: tiled ? await fields.positive("TileWidth") : width,
    segmentHeight: tiled
      ? await fields.positive("TileLength")
      : Math.min(height, await fields.positive("RowsPerStrip", height)),
    offsets: await fields.list(tiled ? "TileOffsets" : "StripOffsets"),
    lengths: await fields.list(tiled ? "TileByteCounts" : "StripByteCounts"),
  };
  const segments = segmentsOf(page);
  for (const [name, list] of [["offsets", page.offsets] as const, ["byte counts", page.lengths] as const]) {
    if (list.length >= segments) continue;
    throw fields.corrupt(tiled ? `tile ${name}` : `strip ${name}`, `${list.length} values`, `${segments} values`);
  }
  if ((await fields.positive("FillOrder", 1)) !== 1 && bits === 1) {
    throw unsupported({
      reason: "TIFF_FILL_ORDER_UNSUPPORTED",
      message: "Pixels of 1 bit with the lowest bit first are not read.",
      field: `FillOrder of page ${index}`,
    });
  }
  return page;
}

/** Strips or tiles of a page, those of all samples. */
export function segmentsOf(page: Omit<Page, "offsets" | "lengths">): number {
  const columns = Math.ceil(page.width / page.segmentWidth);
  const rows = Math.ceil(page.height / page.segmentHeight);
  return columns * rows * (page.planar === 2 ? page.samples : 1);
}

/** Refuses a page whose pixels are unlike those of the first. */
export function requireAlike(page: Page, first: Page): void {
  if (
    page.width === first.width &&
    page.height === first.height &&
    page.samples === first.samples &&
    page.dataType === first.dataType
  ) {
    return;
  }
  throw unsupported({
    reason: "TIFF_PAGES_DIFFER",
    message: "The pages of the file are not frames of one image.",
    field: `page ${page.index}`,
    got: describe(page),
    allowed: [`${describe(first)}, as on page ${first.index}`],
    remedy: "Split the file into one file for each kind of page.",
  });
}

function describe({ width, height, samples, dataType }: Page): string {
  return `${width} x ${height} pixels of ${samples} x ${dataType}`;
}

/** The values of a directory, checked. */
class Fields {
  readonly #directory: ImageFileDirectory;
  readonly #page: number;

  constructor(directory: ImageFileDirectory, page: number) {
    this.#directory = directory;
    this.#page = page;
  }

  /** A count or size: an integer of at least 1. */
  async positive(name: string, fallback?: number): Promise<number> {
    const value = (await this.list(name))[0] ?? fallback;
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
    throw this.corrupt(name, String(value), "a positive integer");
  }

  /** A value that all samples have in common. */
  async common(name: string, fallback: number): Promise<number> {
    const values = Array.from(await this.list(name));
    const [value = fallback] = values;
    if (values.every((other) => other === value)) return value;
    throw unsupported({
      reason: "TIFF_SAMPLES_DIFFER",
      message: "The samples of a pixel are not of one type.",
      field: `${name} of page ${this.#page}`,
      got: values.join(", "),
      allowed: ["the same value for all samples"],
    });
  }

  async list(name: string): Promise<ArrayLike<number>> {
    const value: unknown = await this.#directory.loadValue(name as "StripOffsets");
    if (value === undefined || value === null) return [];
    return typeof value === "object" ? (value as ArrayLike<number>) : [Number(value)];
  }

  dataType(bits: number, sampleFormat: number): DataType {
    const dataType = dataTypeOf(bits, sampleFormat);
    if (dataType) return dataType;
    throw unsupported({
      reason: "TIFF_PIXEL_TYPE_UNSUPPORTED",
      message: "Pixels of this type are not read.",
      field: `BitsPerSample and SampleFormat of page ${this.#page}`,
      got: `${bits} bits, sample format ${sampleFormat}`,
      allowed: ["1, 8, 16, 32 or 64 bits unsigned; 8 to 64 signed; 16 to 64 float; 64 or 128 complex"],
    });
  }

  corrupt(name: string, got: string, allowed: string) {
    return corrupt({
      reason: "TIFF_FIELD_CORRUPT",
      message: `The field ${name} makes no sense.`,
      field: `${name} of page ${this.#page}`,
      got,
      allowed: [allowed],
    });
  }
}
