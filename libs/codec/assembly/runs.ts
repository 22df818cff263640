import { putBits } from "./bits";
import { lengthExtraBits, lengthSymbol, longestMatch, shortestMatch } from "./match-symbols";

/**
 * Where each byte is equal to the one 8 bytes before it there is a run of equal items of 1, 2, 4 or 8 bytes. The
 * smaller the items, the sooner after its first item a run can be told: so the distance of its matches is the smallest
 * that holds.
 */
const largestItem: usize = 8;
/** Bits of a match's distance: a code of 2 for each of the distances 1, 2, 4 and 8, and one extra after that of 8. */
export const mostDistanceBits: u32 = 3;
/** Symbols of the distances of 1 to 8 bytes. */
export const runDistanceSymbols: u32 = 6;

/** Where the last run that was found begins and ends. */
export let runStart: usize = 0;
export let runEnd: usize = 0;
/** Bytes of its items. */
let runItem: usize = 0;

/** Writes the lengths of the codes for distances: those of 1, 2, 4 and 7 to 8 bytes have one. */
export function describeDistances(lengths: usize): void {
  for (let symbol: u32 = 0; symbol < runDistanceSymbols; symbol++) {
    store<u8>(lengths + symbol, symbol === 2 || symbol === 4 ? 0 : 2);
  }
}

/**
 * Finds the first run in [from, end), of 16 bytes at least; the bytes from `origin` on may be looked back at. Not each
 * run of fewer than 31 bytes is found.
 */
export function findRun(from: usize, end: usize, origin: usize): boolean {
  let at = max(from, origin + largestItem);
  while (at + 16 <= end && !repeats(at, largestItem)) at += 16;
  if (at + 16 > end) return false;
  runItem = largestItem;
  while (runItem > 1 && repeats(at, runItem >> 1)) runItem >>= 1;
  runStart = at;
  const first = max(from, origin + runItem);
  while (runStart > first && load<u8>(runStart - 1) === load<u8>(runStart - 1 - runItem)) runStart--;
  runEnd = at + 16;
  while (runEnd + 16 <= end && repeats(runEnd, runItem)) runEnd += 16;
  while (runEnd < end && load<u8>(runEnd) === load<u8>(runEnd - runItem)) runEnd++;
  return true;
}

function repeats(at: usize, item: usize): boolean {
  return i8x16.all_true(i8x16.eq(v128.load(at), v128.load(at - item)));
}

/** Counts the lengths of the matches that make a run. */
export function countRun(length: u32, counts: usize): void {
  while (length > 0) {
    const match = matchOf(length);
    const count = counts + ((<usize>lengthSymbol(match)) << 2);
    store<u32>(count, load<u32>(count) + 1);
    length -= match;
  }
}

/** Writes the matches that make a run; `entries` are code + (length << 16). */
export function putRun(length: u32, entries: usize): void {
  while (length > 0) {
    const match = matchOf(length);
    const symbol = lengthSymbol(match);
    const entry = load<u32>(entries + ((<usize>symbol) << 2));
    const extra = lengthExtraBits(symbol);
    putBits(entry & 0xffff, entry >> 16);
    putBits((match - shortestMatch) & ((1 << extra) - 1), extra);
    putDistance();
    length -= match;
  }
}

/** The codes 0 to 3, first bit lowest; for 8 also that it is the upper of the two distances of its symbol. */
function putDistance(): void {
  if (runItem === 1) putBits(0, 2);
  else if (runItem === 2) putBits(2, 2);
  else if (runItem === 4) putBits(1, 2);
  else putBits(7, 3);
}

/** The next match of a run, such that no remainder is too short. */
function matchOf(length: u32): u32 {
  if (length <= longestMatch) return length;
  return length < longestMatch + shortestMatch ? longestMatch - shortestMatch : longestMatch;
}
