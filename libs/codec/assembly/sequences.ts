import { putBits, putLiterals } from "./bits";
import {
  distanceExtraBits,
  distanceSymbol,
  lengthExtraBits,
  lengthSymbol,
  longestMatch,
  shortestMatch,
} from "./match-symbols";

// The data of a block, before its codes are known: bytes as they are and then a match, again and again. Each takes 32
// bits for the number of bytes and 32 for the match, length << 16 + distance, or 0 for none.

const sequenceBytes: usize = 8;
/** No block is larger than these 8 steps of 32 KiB. */
export const largestBlock: usize = 256 * 1024;
/** A whole block and the step after it; each step has a match for every 4 bytes at most, and an end. */
const kept = memory.data(9 * 8193 * 8);
/** How many are kept. */
export let sequences: u32 = 0;

/** By length: its code and extra bits, and << 24 how many these are. */
const lengthWords = memory.data(4 * 259);

/** Keeps one more. */
export function addSequence(literals: usize, length: usize, distance: usize): void {
  const next = kept + <usize>sequences * sequenceBytes;
  sequences++;
  store<u32>(next, <u32>literals);
  store<u32>(next + 4, <u32>((length << 16) | distance));
}

/** Forgets the first `count`. */
export function dropSequences(count: u32): void {
  sequences -= count;
  memory.copy(kept, kept + <usize>count * sequenceBytes, <usize>sequences * sequenceBytes);
}

/** Writes the first `count`, which make the bytes at `from`; entries are code + (length << 16). */
export function putSequences(from: usize, count: u32, entries: usize, distanceEntries: usize): void {
  prepareLengths(entries);
  const end = kept + <usize>count * sequenceBytes;
  for (let sequence = kept; sequence < end; sequence += sequenceBytes) {
    const literals = load<u32>(sequence);
    putLiterals(from, from + literals, entries);
    const match = load<u32>(sequence + 4);
    if (match > 0) putMatch(match >> 16, match & 0xffff, distanceEntries);
    from += literals + (match >> 16);
  }
}

function prepareLengths(entries: usize): void {
  for (let length = shortestMatch; length <= longestMatch; length++) {
    const symbol = lengthSymbol(length);
    const entry = load<u32>(entries + ((<usize>symbol) << 2));
    const extra = lengthExtraBits(symbol);
    const bits = (entry & 0xffff) | (((length - shortestMatch) & ((1 << extra) - 1)) << (entry >> 16));
    store<u32>(lengthWords + ((<usize>length) << 2), bits | (((entry >> 16) + extra) << 24));
  }
}

/** At most 14 + 5 bits for the length and 14 + 13 for the distance. */
function putMatch(length: u32, distance: u32, distanceEntries: usize): void {
  const word = load<u32>(lengthWords + ((<usize>length) << 2));
  const symbol = distanceSymbol(distance);
  const entry = load<u32>(distanceEntries + ((<usize>symbol) << 2));
  const extra = distanceExtraBits(symbol);
  const afterLength: u64 = word >> 24;
  const afterCode = afterLength + (entry >> 16);
  const bits = <u64>(word & 0xffffff) | ((<u64>(entry & 0xffff)) << afterLength);
  putBits(bits | ((<u64>((distance - 1) & ((1 << extra) - 1))) << afterCode), afterCode + extra);
}
