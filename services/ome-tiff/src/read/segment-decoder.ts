import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { horizontalSum } from "@sluice/codec";
import { getDecoder } from "geotiff";
import { Compression, Predictor } from "../tags.ts";
import { undoFloatPredictor } from "./float-predictor.ts";
import { unpackLzw } from "./lzw.ts";
import { unpackBytes } from "./packbits.ts";
import type { Page } from "./page.ts";
import { corrupt, unsupported } from "./tiff-error.ts";

const inflateAsync = promisify(inflate);

const lzw = 5;
const packBits = 32_773;
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
  try {
    switch (page.compression) {
      case Compression.none:
        return packed;
      case Compression.deflate:
      case oldDeflate:
        return await inflateAsync(packed, { maxOutputLength: most });
      case lzw:
        return unpackLzw(packed, most);
      case packBits:
        return unpackBytes(packed, most);
      case Compression.zstd:
        return new Uint8Array(await (await zstdDecoder(page)).decode(packed.slice().buffer));
    }
  } catch (error) {
    throw corrupt(
      {
        reason: "TIFF_SEGMENT_CORRUPT",
        message: `${what} cannot be decoded: ${error instanceof Error ? error.message : String(error)}.`,
        field: what,
        got: `compression ${page.compression}`,
      },
      error,
    );
  }
  throw unsupported({
    reason: "TIFF_COMPRESSION_UNSUPPORTED",
    message: "This compression is not read.",
    field: what,
    got: String(page.compression),
    allowed: ["none (1)", "LZW (5)", "deflate (8, 32946)", "PackBits (32773)", "zstd (50000)"],
  });
}

/** geotiff's decoder, told of no predictor: these are undone here, for both byte orders. */
function zstdDecoder(page: Page) {
  const { segmentWidth: tileWidth, segmentHeight: tileHeight, bits: bitsPerSample, planar } = page;
  return getDecoder(Compression.zstd, {
    tileWidth,
    tileHeight,
    predictor: 1,
    bitsPerSample,
    planarConfiguration: planar,
  });
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
