// Deflate (RFC 1951) in one step, by runs alone or by a quick search for repeats. Compiled to WebAssembly by build.js.
import { allCountsBytes, endOfBlock } from "./alphabet";
import { alignBits, beginBits } from "./bits";
import { putEmptyBlock, putMatchBlock, putRunBlock, putSeam } from "./block";
import { expectBytes, expectSymbols } from "./costs";
import { addCounts, beginCount, countBytes, endCount, entropyBits } from "./histogram";
import { findMatches } from "./matches";
import { forgetPositions } from "./positions";
import { dropSequences, largestBlock, sequences } from "./sequences";
import { countStep, stepBytes } from "./steps";

export { adler32 } from "./adler32";

/** Memory from here on is the caller's. */
export const freeMemory: usize = __heap_base;

/** Bits that a new block must save: what its description costs, as a rule. */
const blockCost: f32 = 600;

const blockCounts = memory.data(4 * 320);
const stepCounts = memory.data(4 * 320);
const joinedCounts = memory.data(4 * 320);

/**
 * Deflates `length` bytes, at most 2^22, to `out`, by Huffman codes and runs or, if it is to `search`, by all kinds of
 * matches. Returns how many bytes that gave: never more than the input and 6 for each begun 32 KiB of it and 6 more. 8
 * bytes after them are overwritten. Unless it is the `last` of its stream, another part can follow at once.
 */
export function encode(from: usize, length: usize, out: usize, last: boolean, search: boolean): usize {
  beginBits(out);
  const end = from + length;
  if (search) beginSearch(from, min(from + stepBytes, end));
  let block = from;
  let blockBits: f32 = 0;
  memory.fill(blockCounts, 0, allCountsBytes);
  for (let step = from; step < end; step += stepBytes) {
    const stepEnd = min(step + stepBytes, end);
    const before = sequences;
    if (search) searchStep(step, stepEnd, from);
    else countStep(step, stepEnd, from, stepCounts);
    memory.copy(joinedCounts, blockCounts, allCountsBytes);
    addCounts(joinedCounts, stepCounts);
    const stepBits = entropyBits(stepCounts);
    const joinedBits = entropyBits(joinedCounts);
    const full = search && step - block === largestBlock;
    if (step > block && (full || joinedBits > blockBits + stepBits + blockCost)) {
      putCounted(block, step, from, before, false, search);
      block = step;
      blockBits = stepBits;
      memory.copy(blockCounts, stepCounts, allCountsBytes);
    } else {
      blockBits = joinedBits;
      memory.copy(blockCounts, joinedCounts, allCountsBytes);
    }
  }
  if (block < end) putCounted(block, end, from, sequences, last, search);
  else if (last) putEmptyBlock();
  if (!last) putSeam();
  return alignBits() - out;
}

/** Goes through the first step twice, so that its matches too are chosen in the light of what symbols cost. */
function beginSearch(from: usize, end: usize): void {
  beginCount();
  countBytes(from, end);
  memory.fill(stepCounts, 0, allCountsBytes);
  endCount(stepCounts);
  expectBytes(stepCounts);
  forgetPositions();
  searchStep(from, end, from);
  dropSequences(sequences);
  forgetPositions();
}

function searchStep(step: usize, end: usize, origin: usize): void {
  findMatches(step, end, origin, stepCounts);
  expectSymbols(stepCounts);
}

function putCounted(from: usize, end: usize, origin: usize, count: u32, last: boolean, search: boolean): void {
  store<u32>(blockCounts + ((<usize>endOfBlock) << 2), 1);
  if (search) {
    putMatchBlock(from, end, blockCounts, count, last);
    dropSequences(count);
  } else {
    putRunBlock(from, end, origin, blockCounts, last);
  }
}
