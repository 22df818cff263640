import { constants, deflate, deflateRaw, type ZlibOptions } from "node:zlib";
import type { DeflateContainer } from "./deflate-container.ts";
import { adler32, huffmanDeflate, huffmanSegment, type Repeats } from "./huffman-deflate.ts";
import { onPool } from "./pool.ts";
import type { Segment } from "./segment.ts";

/** One way to deflate. The result is an ordinary deflate stream whichever way it was made. */
export interface DeflateStrategy {
  /** For people: "Huffman and runs", "LZ77 level 4". */
  readonly name: string;
  /** Deflates `bytes` off the main thread into one complete stream, or into one part of it. */
  deflate(container: DeflateContainer, bytes: Uint8Array): Promise<Uint8Array>;
}

/** A strategy that can make part of a stream, so that others make the rest. */
export interface SegmentStrategy extends DeflateStrategy {
  /** Processor time for each byte, about; that of {@link huffmanAndRuns} is 1. */
  readonly cost: number;
  /** Deflates `bytes` off the main thread into a segment, which ends its stream if it is the `last`. */
  segment(bytes: Uint8Array, last: boolean): Promise<Segment>;
}

/**
 * Entropy coding and long runs: microscopy noise has almost no other repeats to find. Many times as fast as a search for
 * them.
 */
export const huffmanAndRuns: SegmentStrategy = ofThreads("Huffman and runs", 1, "runs");

/** Entropy coding and every run of one byte, however short: the high bytes of smooth data, and masks. */
export const shortRuns: SegmentStrategy = ofZlib("short runs", 3, { level: 1, strategy: constants.Z_RLE });

/**
 * A quick search for repeats, of which only those are taken that cost less than their bytes: planes of few values, smooth
 * scenes. On these several times as fast as zlib's level 4.
 */
export const quickLz77: SegmentStrategy = ofThreads("quick LZ77", 4, "matches");

/** zlib's usual way at a level of 0 (stored) to 9. */
export function lz77(level: number): SegmentStrategy {
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new RangeError(`The deflate level must be an integer from 0 to 9, got ${level}.`);
  }
  return ofZlib(`LZ77 level ${level}`, lz77Cost(level), { level });
}

/** Measured on noise and on the high bytes of smooth scenes, where each level takes longer chains of candidates. */
function lz77Cost(level: number): number {
  return 8 + 0.6 * level ** 2;
}

function ofThreads(name: string, cost: number, repeats: Repeats): SegmentStrategy {
  return {
    name,
    cost,
    deflate: (container, bytes) => huffmanDeflate(repeats, container, bytes),
    segment: (bytes, last) => huffmanSegment(repeats, bytes, last),
  };
}

function ofZlib(name: string, cost: number, options: ZlibOptions): SegmentStrategy {
  return {
    name,
    cost,
    deflate: (container, bytes) => {
      if (container === "part") return onPool(() => deflatePart(bytes, options));
      return onPool(() => run(container === "zlib" ? deflate : deflateRaw, bytes, options));
    },
    segment: async (bytes, last) => {
      const [segment, adler] = await Promise.all([
        onPool(() => (last ? run(deflateRaw, bytes, options) : deflatePart(bytes, options))),
        adler32(bytes),
      ]);
      return { bytes: segment, rawBytes: bytes.length, adler };
    },
  };
}

/** Without data there is nothing to flush: zlib would end the stream. */
function deflatePart(bytes: Uint8Array, options: ZlibOptions): Promise<Uint8Array> {
  if (bytes.length === 0) return Promise.resolve(bytes);
  return run(deflateRaw, bytes, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
}

function run(compress: typeof deflate, bytes: Uint8Array, options: ZlibOptions): Promise<Uint8Array> {
  // Room for the whole result: zlib would otherwise return to the main thread for each 16 KiB of it.
  const chunkSize = bytes.length + (bytes.length >> 10) + 256;
  return new Promise((resolve, reject) => {
    compress(bytes, { ...options, chunkSize }, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
