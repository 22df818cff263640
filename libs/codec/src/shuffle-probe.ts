import { shuffle } from "./shuffle.ts";
import { lz77 } from "./strategy.ts";

const pieces = 4;
const pieceBytes = 32 * 1024;
/** Part that unsorted bytes must save: sorted ones deflate and inflate faster. */
const worthwhile = 0.05;
const reference = lz77(4);

/**
 * Whether items deflate better when their bytes are shuffled. They do as a rule; values that repeat as a whole, such as
 * floats of few levels, do not. A sample of some 128 KiB decides, by its size at zlib's level 4 alone: the same bytes lead
 * to the same answer on every machine.
 */
export async function shufflePays(bytes: Uint8Array, itemSize: number): Promise<boolean> {
  if (itemSize === 1) return false;
  const sample = wholeItems(bytes, itemSize);
  const [sorted, unsorted] = await Promise.all(
    [shuffle(sample, itemSize), sample].map(async (data) => (await reference.deflate("raw", data)).length),
  );
  return (unsorted as number) >= (1 - worthwhile) * (sorted as number);
}

/** The bytes themselves, or pieces of whole items spread evenly over them. */
function wholeItems(bytes: Uint8Array, itemSize: number): Uint8Array {
  const piece = Math.floor(pieceBytes / itemSize) * itemSize;
  if (piece === 0 || bytes.length <= pieces * piece) return bytes;
  const sample = new Uint8Array(pieces * piece);
  const last = Math.floor(bytes.length / itemSize) * itemSize - piece;
  for (let index = 0; index < pieces; index++) {
    const start = Math.floor((last * index) / (pieces - 1) / itemSize) * itemSize;
    sample.set(bytes.subarray(start, start + piece), index * piece);
  }
  return sample;
}
