import {
  describingBits,
  describingSymbols,
  distanceSymbols,
  endOfBlock,
  firstLength,
  mainBits,
  mainSymbols,
} from "./alphabet";
import { alignBits, putBits, putBytes, putLiterals } from "./bits";
import { assignCodes, codeLengths } from "./prefix-code";
import { describeDistances, extraBits, mostDistanceBits } from "./runs";
import { putSteps } from "./steps";

/** Kinds of blocks (RFC 1951, section 3.2.3). */
const stored: u64 = 0;
const fixedCodes: u64 = 1;
const dynamicCodes: u64 = 2;
const largestStored: usize = 65535;

const lengths = memory.data(286 + 6);
const entries = memory.data(4 * 286);
/** What describes `lengths`: symbols of the alphabet of lengths, as symbol + (extra bits << 8). */
const tokens = memory.data(4 * 292);
const tokenCounts = memory.data(4 * 19);
const tokenLengths = memory.data(19);
const tokenEntries = memory.data(4 * 19);
/** The order in which the lengths of the codes for lengths are written. */
const tokenOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/**
 * Writes the bytes of whole steps [from, end) as one block, or as stored blocks where that is no longer. `counts` are
 * how often each symbol occurs, the end of block once; `origin` is where the data begin.
 */
export function putBlock(from: usize, end: usize, origin: usize, counts: usize, last: boolean): void {
  codeLengths(counts, mainSymbols, mainBits, lengths);
  let used = mainSymbols;
  while (load<u8>(lengths + used - 1) === 0) used--;
  describeDistances(lengths + used);
  const tokenTotal = describeLengths(used + distanceSymbols);
  codeLengths(tokenCounts, describingSymbols, describingBits, tokenLengths);
  const ordered = orderedTokenLengths();
  if (<usize>(headerBits(ordered) + contentBits(counts, used)) >= storedBits(end - from)) {
    putStored(from, end, last);
    return;
  }
  putHeader(used, tokenTotal, ordered, last);
  assignCodes(lengths, used, mainBits, entries);
  if (used > firstLength) putSteps(from, end, origin, entries);
  else putLiterals(from, end, entries);
  putEntry(entries, endOfBlock);
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

function contentBits(counts: usize, used: u32): u32 {
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < used; symbol++) {
    const more = symbol < firstLength ? 0 : extraBits(symbol) + mostDistanceBits;
    sum += load<u32>(counts + ((<usize>symbol) << 2)) * (load<u8>(lengths + symbol) + more);
  }
  return sum;
}

/** Fills `tokens` and `tokenCounts`: lengths, and runs of one length or of zeros. Returns how many tokens. */
function describeLengths(symbols: u32): u32 {
  memory.fill(tokenCounts, 0, 4 * describingSymbols);
  let total: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; ) {
    const length = load<u8>(lengths + symbol);
    let run: u32 = 1;
    while (symbol + run < symbols && load<u8>(lengths + symbol + run) === length) run++;
    symbol += run;
    if (length === 0) {
      for (; run >= 11; run -= min(run, 138)) addToken(total++, 18, min(run, 138) - 11);
      if (run >= 3) {
        addToken(total++, 17, run - 3);
        run = 0;
      }
    } else {
      addToken(total++, length, 0);
      run--;
      for (; run >= 3; run -= min(run, 6)) addToken(total++, 16, min(run, 6) - 3);
    }
    for (; run > 0; run--) addToken(total++, length, 0);
  }
  return total;
}

function addToken(index: u32, symbol: u32, extra: u32): void {
  store<u32>(tokens + ((<usize>index) << 2), symbol | (extra << 8));
  const count = tokenCounts + ((<usize>symbol) << 2);
  store<u32>(count, load<u32>(count) + 1);
}

/** Bits that say how often a length is repeated, after the symbols 16, 17 and 18. */
function repeatBits(symbol: u32): u32 {
  if (symbol < 16) return 0;
  return symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
}

/** How many of the ordered lengths are written: the zeros at their end are not, but at least 4 lengths are. */
function orderedTokenLengths(): u32 {
  let ordered = describingSymbols;
  while (ordered > 4 && load<u8>(tokenLengths + load<u8>(tokenOrder + ordered - 1)) === 0) ordered--;
  return ordered;
}

function headerBits(ordered: u32): u32 {
  let sum = 3 + 5 + 5 + 4 + 3 * ordered;
  for (let symbol: u32 = 0; symbol < describingSymbols; symbol++) {
    sum += load<u32>(tokenCounts + ((<usize>symbol) << 2)) * (load<u8>(tokenLengths + symbol) + repeatBits(symbol));
  }
  return sum;
}

function putHeader(used: u32, tokenTotal: u32, ordered: u32, last: boolean): void {
  putBits(last ? 1 : 0, 1);
  putBits(dynamicCodes, 2);
  putBits(used - firstLength, 5);
  putBits(distanceSymbols - 1, 5);
  putBits(ordered - 4, 4);
  for (let i: u32 = 0; i < ordered; i++) putBits(load<u8>(tokenLengths + load<u8>(tokenOrder + i)), 3);
  assignCodes(tokenLengths, describingSymbols, describingBits, tokenEntries);
  for (let i: u32 = 0; i < tokenTotal; i++) {
    const token = load<u32>(tokens + ((<usize>i) << 2));
    putEntry(tokenEntries, token & 0xff);
    putBits(token >> 8, repeatBits(token & 0xff));
  }
}

function putEntry(codes: usize, symbol: u32): void {
  const entry = load<u32>(codes + ((<usize>symbol) << 2));
  putBits(entry & 0xffff, entry >> 16);
}
