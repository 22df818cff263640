import { deflate, deflateRaw } from "node:zlib";
import type { DeflateContainer } from "./deflate-container.ts";
import { huffmanDeflate } from "./huffman-deflate.ts";
import { onPool } from "./pool.ts";

/** One way to deflate. The result is an ordinary deflate stream whichever way it was made. */
export interface DeflateStrategy {
  /** For people: "Huffman and runs", "LZ77 level 4". */
  readonly name: string;
  /** Deflates `bytes` off the main thread into one complete stream. */
  deflate(container: DeflateContainer, bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Entropy coding and runs of one item: microscopy noise has almost no other repeats to find. Many times as fast as a
 * search for them.
 */
export const huffmanAndRuns: DeflateStrategy = { name: "Huffman and runs", deflate: huffmanDeflate };

/** zlib's usual way at a level of 0 (stored) to 9. */
export function lz77(level: number): DeflateStrategy {
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new RangeError(`The deflate level must be an integer from 0 to 9, got ${level}.`);
  }
  const name = `LZ77 level ${level}`;
  return { name, deflate: (container, bytes) => onPool(() => zlibDeflate(level, container, bytes)) };
}

/** Larger blocks between Huffman tables than the usual 8: faster on noise at the same size. */
const memLevel = 9;

function zlibDeflate(level: number, container: DeflateContainer, bytes: Uint8Array): Promise<Uint8Array> {
  const compress = container === "zlib" ? deflate : deflateRaw;
  // Room for the whole result: zlib would otherwise return to the main thread for each 16 KiB of it.
  const chunkSize = bytes.length + (bytes.length >> 10) + 256;
  return new Promise((resolve, reject) => {
    compress(bytes, { level, memLevel, chunkSize }, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
