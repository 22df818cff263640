// Deflate (RFC 1951) by Huffman codes and runs, without a search for other repeats. Compiled to WebAssembly by build.js.
import { countsBytes, endOfBlock } from "./alphabet";
import { alignBits, beginBits } from "./bits";
import { putBlock, putEmptyBlock, putSeam } from "./block";
import { addCounts, entropyBits } from "./histogram";
import { countStep, stepBytes } from "./steps";

export { adler32 } from "./adler32";

/** Memory from here on is the caller's. */
export const freeMemory: usize = __heap_base;

/** Bits that a new block must save: what its description costs, as a rule. */
const blockCost: f32 = 600;

const blockCounts = memory.data(4 * 288);
const stepCounts = memory.data(4 * 288);
const joinedCounts = memory.data(4 * 288);

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
  memory.fill(blockCounts, 0, countsBytes);
  for (let step = from; step < end; step += stepBytes) {
    countStep(step, min(step + stepBytes, end), from, stepCounts);
    memory.copy(joinedCounts, blockCounts, countsBytes);
    addCounts(joinedCounts, stepCounts);
    const stepBits = entropyBits(stepCounts);
    const joinedBits = entropyBits(joinedCounts);
    if (step > block && joinedBits > blockBits + stepBits + blockCost) {
      putCounted(block, step, from, false);
      block = step;
      blockBits = stepBits;
      memory.copy(blockCounts, stepCounts, countsBytes);
    } else {
      blockBits = joinedBits;
      memory.copy(blockCounts, joinedCounts, countsBytes);
    }
  }
  if (block < end) putCounted(block, end, from, last);
  else if (last) putEmptyBlock();
  if (!last) putSeam();
  return alignBits() - out;
}

function putCounted(from: usize, end: usize, origin: usize, last: boolean): void {
  store<u32>(blockCounts + ((<usize>endOfBlock) << 2), 1);
  putBlock(from, end, origin, blockCounts, last);
}
