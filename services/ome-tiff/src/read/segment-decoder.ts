import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { horizontalSum } from "@sluice/codec";
import { getDecoder } from "geotiff";
import { Compression, Predictor } from "../tags.ts";
import { undoFloatPredictor } from "./float-predictor.ts";
import type { Page } from "./page.ts";
import { corrupt, unsupported } from "./tiff-error.ts";

const inflateAsync = promisify(inflate);

/** Deflate as Photoshop once numbered it. */
const oldDeflate = 32_946;
const floatPredictor = 3;

/**
 * Unpacks a strip or tile into little-endian samples, row by row; pixels of 1 bit stay packed.
 *
 * @param packed as it stands in the file
 * @param rows rows to expect
 * @param what names the segment in errors
 */
export async function decodeSegment(
  page: Page,
  littleEndian: boolean,
  packed: Uint8Array,
  rows: number,
  what: string,
): Promise<Uint8Array> {
  const samples = page.planar === 2 ? 1 : page.samples;
  const rowBytes = Math.ceil((page.segmentWidth * samples * page.bits) / 8);
  const raw = await unpack(page, packed, page.segmentHeight * rowBytes, what);
  if (raw.length < rows * rowBytes) throw tooShort(raw.length, rows * rowBytes, what);
  const bytes = raw.subarray(0, rows * rowBytes);
  if (page.predictor === floatPredictor) return undoFloatPredictor(bytes, page.bits / 8, samples, rowBytes);
  const little = littleEndian ? bytes : swapped(bytes, page);
  if (page.predictor === Predictor.none) return little;
  return undoDifferences(page, little, samples, what);
}

async function unpack(page: Page, packed: Uint8Array, most: number, what: string): Promise<Uint8Array> {
  const { compression } = page;
  if (compression === Compression.none) return packed;
  try {
    if (compression === Compression.deflate || compression === oldDeflate) {
      return await inflateAsync(packed, { maxOutputLength: most });
    }
    const decoder = await getDecoder(compression, await decoderParameters(page));
    return new Uint8Array(await decoder.decode(packed.slice().buffer));
  } catch (error) {
    throw corrupt(
      {
        reason: "TIFF_SEGMENT_CORRUPT",
        message: `${what} cannot be decoded: ${error instanceof Error ? error.message : String(error)}.`,
        field: what,
        got: `compression ${compression}`,
      },
      error,
    );
  }
}

/** What geotiff's decoders want to know; predictors are undone here, for both byte orders. */
async function decoderParameters(page: Page) {
  return {
    tileWidth: page.segmentWidth,
    tileHeight: page.segmentHeight,
    predictor: 1,
    bitsPerSample: Array.from({ length: page.samples }, () => page.bits),
    planarConfiguration: page.planar,
    samplesPerPixel: page.samples,
    JPEGTables: await page.directory.loadValue("JPEGTables"),
    LercParameters: await page.directory.loadValue("LercParameters"),
  };
}

function undoDifferences(page: Page, bytes: Uint8Array, samplesPerPixel: number, what: string): Uint8Array {
  const readable = page.bits === 8 || page.bits === 16 || page.bits === 32;
  if (page.predictor !== Predictor.horizontal || !readable) {
    throw unsupported({
      reason: "TIFF_PREDICTOR_UNSUPPORTED",
      message: "This predictor is not read.",
      field: what,
      got: `predictor ${page.predictor} for samples of ${page.bits} bits`,
      allowed: ["1", "2 for 8, 16 and 32 bits", "3 for floats"],
    });
  }
  return horizontalSum(bytes, { bitsPerSample: page.bits, samplesPerPixel, pixelsPerRow: page.segmentWidth });
}

function swapped(bytes: Uint8Array, { bits, dataType }: Page): Uint8Array {
  const wordBits = dataType.startsWith("complex") ? bits / 2 : bits;
  const copy = Buffer.from(bytes);
  if (wordBits === 16) copy.swap16();
  else if (wordBits === 32) copy.swap32();
  else if (wordBits === 64) copy.swap64();
  return copy;
}

function tooShort(got: number, expected: number, what: string) {
  return corrupt({
    reason: "TIFF_SEGMENT_CORRUPT",
    message: `${what} holds fewer pixels than it should.`,
    field: what,
    got: `${got} bytes`,
    allowed: [`${expected} bytes`],
  });
}
