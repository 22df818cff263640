import { describingBits, describingSymbols, firstLength } from "./alphabet";
import { putBits } from "./bits";
import { assignCodes, codeLengths } from "./prefix-code";

// How a block describes its codes: by their lengths, themselves Huffman coded (RFC 1951, section 3.2.7).

const dynamicCodes: u64 = 2;

/** What describes lengths: symbols of the alphabet of lengths, as symbol + (extra bits << 8). */
const tokens = memory.data(4 * 316);
const tokenCounts = memory.data(4 * 19);
const tokenLengths = memory.data(19);
const tokenEntries = memory.data(4 * 19);
/** The order in which the lengths of the codes for lengths are written. */
const tokenOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
let tokenTotal: u32 = 0;
let ordered: u32 = 0;

/** Prepares to describe `used` main codes and, after them, `distances` of distances. Returns the bits of the head. */
export function describeCodes(lengths: usize, used: u32, distances: u32): u32 {
  tokenTotal = describeLengths(lengths, used + distances);
  codeLengths(tokenCounts, describingSymbols, describingBits, tokenLengths);
  ordered = orderedTokenLengths();
  return headBits();
}

/** Writes the head of a block as last prepared. */
export function putHead(used: u32, distances: u32, last: boolean): void {
  putBits(last ? 1 : 0, 1);
  putBits(dynamicCodes, 2);
  putBits(used - firstLength, 5);
  putBits(distances - 1, 5);
  putBits(ordered - 4, 4);
  for (let i: u32 = 0; i < ordered; i++) putBits(load<u8>(tokenLengths + load<u8>(tokenOrder + i)), 3);
  assignCodes(tokenLengths, describingSymbols, describingBits, tokenEntries);
  for (let i: u32 = 0; i < tokenTotal; i++) {
    const token = load<u32>(tokens + ((<usize>i) << 2));
    putEntry(tokenEntries, token & 0xff);
    putBits(token >> 8, repeatBits(token & 0xff));
  }
}

/** Writes the code of a symbol. */
export function putEntry(codes: usize, symbol: u32): void {
  const entry = load<u32>(codes + ((<usize>symbol) << 2));
  putBits(entry & 0xffff, entry >> 16);
}

/** Fills `tokens` and `tokenCounts`: lengths, and runs of one length or of zeros. Returns how many tokens. */
function describeLengths(lengths: usize, symbols: u32): u32 {
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

function headBits(): u32 {
  let sum = 3 + 5 + 5 + 4 + 3 * ordered;
  for (let symbol: u32 = 0; symbol < describingSymbols; symbol++) {
    sum += load<u32>(tokenCounts + ((<usize>symbol) << 2)) * (load<u8>(tokenLengths + symbol) + repeatBits(symbol));
  }
  return sum;
}
