import { constants, deflate, deflateRaw } from "node:zlib";
import type { DeflateContainer } from "./deflate-container.ts";
import { huffmanDeflate } from "./huffman-deflate.ts";
import { onPool } from "./pool.ts";

/** One way to deflate. The result is an ordinary deflate stream whichever way it was made. */
export interface DeflateStrategy {
  /** For people: "Huffman only", "LZ77 level 4". */
  readonly name: string;
  /** Deflates `bytes` off the main thread into one complete stream. */
  deflate(container: DeflateContainer, bytes: Uint8Array): Promise<Uint8Array>;
}

/** Entropy coding alone: microscopy noise has almost no repeats to find. Several times as fast as any other. */
export const huffmanOnly: DeflateStrategy = { name: "Huffman only", deflate: huffmanDeflate };

/** Entropy coding and runs of one byte: finds all there is in flat data, at its fastest there. */
export const runLength: DeflateStrategy = zlibStrategy("run lengths and Huffman", 1, constants.Z_RLE);

/** zlib's usual way at a level of 0 (stored) to 9. */
export function lz77(level: number): DeflateStrategy {
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new RangeError(`The deflate level must be an integer from 0 to 9, got ${level}.`);
  }
  return zlibStrategy(`LZ77 level ${level}`, level, constants.Z_DEFAULT_STRATEGY);
}

/** Larger blocks between Huffman tables than the usual 8: 20 % faster on noise at the same size. */
const memLevel = 9;

/** zlib itself, on the libuv thread pool, with one of its `Z_*` strategies. */
function zlibStrategy(name: string, level: number, strategy: number): DeflateStrategy {
  const run = (container: DeflateContainer, bytes: Uint8Array) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const compress = container === "zlib" ? deflate : deflateRaw;
      // Room for the whole result: zlib would otherwise return to the main thread for each 16 KiB of it.
      const chunkSize = bytes.length + (bytes.length >> 10) + 256;
      compress(bytes, { level, strategy, memLevel, chunkSize }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  return { name, deflate: (container, bytes) => onPool(() => run(container, bytes)) };
}
