import {
  distanceBits,
  distanceSymbols,
  endOfBlock,
  firstDistance,
  firstLength,
  mainBits,
  mainSymbols,
} from "./alphabet";
import { alignBits, putBits, putBytes, putLiterals } from "./bits";
import { describeCodes, putEntry, putHead } from "./code-description";
import { distanceExtraBits, lengthExtraBits } from "./match-symbols";
import { assignCodes, codeLengths } from "./prefix-code";
import { describeDistances, mostDistanceBits, runDistanceSymbols } from "./runs";
import { putSequences } from "./sequences";
import { putSteps } from "./steps";

/** Kinds of blocks (RFC 1951, section 3.2.3). */
const stored: u64 = 0;
const fixedCodes: u64 = 1;
const largestStored: usize = 65535;

const lengths = memory.data(286 + 30);
const entries = memory.data(4 * 286);
const distanceLengths = memory.data(30);
const distanceEntries = memory.data(4 * 30);

/**
 * Writes the bytes of whole steps [from, end) as one block of runs, or as stored blocks where that is no longer.
 * `counts` are how often each symbol occurs, the end of block once; `origin` is where the data begin.
 */
export function putRunBlock(from: usize, end: usize, origin: usize, counts: usize, last: boolean): void {
  const used = mainLengths(counts);
  describeDistances(lengths + used);
  const head = describeCodes(lengths, used, runDistanceSymbols);
  if (<usize>(head + mainContentBits(counts, used, mostDistanceBits)) >= storedBits(end - from)) {
    putStored(from, end, last);
    return;
  }
  putHead(used, runDistanceSymbols, last);
  assignCodes(lengths, used, mainBits, entries);
  if (used > firstLength) putSteps(from, end, origin, entries);
  else putLiterals(from, end, entries);
  putEntry(entries, endOfBlock);
}

/** Writes the bytes [from, end) as one block of their first `sequences`, or as stored blocks where that is no longer. */
export function putMatchBlock(from: usize, end: usize, counts: usize, sequences: u32, last: boolean): void {
  const used = mainLengths(counts);
  const distanceCounts = counts + 4 * firstDistance;
  countTwo(distanceCounts);
  codeLengths(distanceCounts, distanceSymbols, distanceBits, distanceLengths);
  const distances = usedOf(distanceLengths, distanceSymbols);
  memory.copy(lengths + used, distanceLengths, distances);
  const content = mainContentBits(counts, used, 0) + distanceContentBits(distanceCounts, distances);
  if (<usize>(describeCodes(lengths, used, distances) + content) >= storedBits(end - from)) {
    putStored(from, end, last);
    return;
  }
  putHead(used, distances, last);
  assignCodes(lengths, used, mainBits, entries);
  assignCodes(distanceLengths, distances, distanceBits, distanceEntries);
  putSequences(from, sequences, entries, distanceEntries);
  putEntry(entries, endOfBlock);
}

/** Lengths of the codes of the main symbols. Returns how many are described: those up to the last that is used. */
function mainLengths(counts: usize): u32 {
  codeLengths(counts, mainSymbols, mainBits, lengths);
  return usedOf(lengths, mainSymbols);
}

function usedOf(codes: usize, symbols: u32): u32 {
  while (load<u8>(codes + symbols - 1) === 0) symbols--;
  return symbols;
}

/** A code needs two symbols to be complete: where fewer distances occur, others count as if they did. */
function countTwo(distanceCounts: usize): void {
  let used = 0;
  for (let symbol: u32 = 0; symbol < distanceSymbols; symbol++) {
    if (load<u32>(distanceCounts + ((<usize>symbol) << 2)) > 0) used++;
  }
  for (let count = distanceCounts; used < 2; count += 4) {
    if (load<u32>(count) > 0) continue;
    store<u32>(count, 1);
    used++;
  }
}

/** A whole stream without bytes: the shortest last block. */
export function putEmptyBlock(): void {
  putBits(1, 1);
  putBits(fixedCodes, 2);
  putBits(0, 7);
}

/** Fills up to a whole byte in a way that readers skip, so that another stream can follow. */
export function putSeam(): void {
  putStoredHead(0, false);
}

function putStored(from: usize, end: usize, last: boolean): void {
  while (from < end) {
    const count = min(end - from, largestStored);
    putStoredHead(count, last && from + count === end);
    putBytes(from, count);
    from += count;
  }
}

function putStoredHead(count: usize, last: boolean): void {
  putBits(last ? 1 : 0, 1);
  putBits(stored, 2);
  alignBits();
  putBits(count, 16);
  putBits(<u64>count ^ 0xffff, 16);
}

/** At most: the bits before a whole byte are counted as 7. */
function storedBits(bytes: usize): usize {
  const blocks = (bytes + largestStored - 1) / largestStored;
  return 8 * bytes + blocks * (3 + 7 + 32);
}

function mainContentBits(counts: usize, used: u32, distanceBitsEach: u32): u32 {
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < used; symbol++) {
    const more = symbol < firstLength ? 0 : lengthExtraBits(symbol) + distanceBitsEach;
    sum += load<u32>(counts + ((<usize>symbol) << 2)) * (load<u8>(lengths + symbol) + more);
  }
  return sum;
}

function distanceContentBits(counts: usize, used: u32): u32 {
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < used; symbol++) {
    const bits = load<u8>(distanceLengths + symbol) + distanceExtraBits(symbol);
    sum += load<u32>(counts + ((<usize>symbol) << 2)) * bits;
  }
  return sum;
}
