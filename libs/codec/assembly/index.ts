// Deflate (RFC 1951) by Huffman codes alone, without a search for repeats. Compiled to WebAssembly by build.js.
import { endOfBlock } from "./alphabet";
import { alignBits, beginBits } from "./bits";
import { putBlock, putEmptyBlock, putSeam } from "./block";
import { addCounts, countBytes, entropyBits, histogramBytes } from "./histogram";

export { adler32 } from "./adler32";

/** Memory from here on is the caller's. */
export const freeMemory: usize = __heap_base;

/** Data is looked at in steps of this size: a block is as many of them as are alike. */
const stepBytes: usize = 32 * 1024;
/** Bits that a new block must save: what its description costs, as a rule. */
const blockCost: f32 = 600;

const blockCounts = memory.data(4 * 257);
const stepCounts = memory.data(4 * 256);
const joinedCounts = memory.data(4 * 256);

/**
 * Deflates `length` bytes, at most 2^22, to `out`. Returns how many bytes that gave: never more than the input and 6
 * for each begun 32 KiB of it and 6 more. 8 bytes after them are overwritten. Unless it is the `last` of its stream,
 * another part can follow at once.
 */
export function encode(from: usize, length: usize, out: usize, last: boolean): usize {
  beginBits(out);
  const end = from + length;
  let block = from;
  let blockBits: f32 = 0;
  memory.fill(blockCounts, 0, histogramBytes);
  for (let step = from; step < end; step += stepBytes) {
    countBytes(step, min(step + stepBytes, end), stepCounts);
    memory.copy(joinedCounts, blockCounts, histogramBytes);
    addCounts(joinedCounts, stepCounts);
    const stepBits = entropyBits(stepCounts);
    const joinedBits = entropyBits(joinedCounts);
    if (step > block && joinedBits > blockBits + stepBits + blockCost) {
      putCounted(block, step, false);
      block = step;
      blockBits = stepBits;
      memory.copy(blockCounts, stepCounts, histogramBytes);
    } else {
      blockBits = joinedBits;
      memory.copy(blockCounts, joinedCounts, histogramBytes);
    }
  }
  if (block < end) putCounted(block, end, last);
  else if (last) putEmptyBlock();
  if (!last) putSeam();
  return alignBits() - out;
}

function putCounted(from: usize, end: usize, last: boolean): void {
  store<u32>(blockCounts + ((<usize>endOfBlock) << 2), 1);
  putBlock(from, end, blockCounts, last);
}
