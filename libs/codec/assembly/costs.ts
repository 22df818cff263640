import { allCountsBytes, distanceSymbols, firstDistance, firstLength, mainSymbols } from "./alphabet";
import {
  distanceExtraBits,
  distanceSymbol,
  lengthExtraBits,
  lengthSymbol,
  longestMatch,
  shortestMatch,
} from "./match-symbols";

// What bytes and matches are thought to cost in the codes of the block, which are known only once all is counted: what
// they would in codes for the symbols before. In sixteenths of a bit.

const oneBit: i32 = 16;
const seen = memory.data(4 * 320);
const literalCosts = memory.data(4 * 256);
const lengthCosts = memory.data(4 * 259);
const distanceCosts = memory.data(4 * 30);

/** Expects bytes as they were counted, and some short matches from any distance. */
export function expectBytes(counts: usize): void {
  memory.copy(seen, counts, allCountsBytes);
  let total: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++) total += get(counts, byte);
  const few = total >> 9;
  for (let symbol = firstLength; symbol < firstLength + 16; symbol++) set(seen, symbol, few);
  for (let symbol: u32 = 0; symbol < distanceSymbols; symbol++) set(seen, firstDistance + symbol, few);
  derive();
}

/** Expects symbols as they were counted just now, and with half the weight as they were before. */
export function expectSymbols(counts: usize): void {
  for (let at: usize = 0; at < allCountsBytes; at += 16) {
    v128.store(seen + at, i32x4.add(i32x4.shr_u(v128.load(seen + at), 1), v128.load(counts + at)));
  }
  derive();
}

/** Writes the costs of all bytes before each of [from, end), and before `end`. */
export function sumLiteralCosts(from: usize, end: usize, sums: usize): void {
  let sum: u32 = 0;
  for (; from < end; from++, sums += 4) {
    store<u32>(sums, sum);
    sum += get(literalCosts, load<u8>(from));
  }
  store<u32>(sums, sum);
}

export function matchCost(length: usize, distance: usize): i32 {
  return get(lengthCosts, <u32>length) + get(distanceCosts, distanceSymbol(<u32>distance));
}

function derive(): void {
  const main = sixteenths(total(0, mainSymbols) + 32);
  for (let byte: u32 = 0; byte < 256; byte++) set(literalCosts, byte, cost(main, byte));
  for (let length = shortestMatch; length <= longestMatch; length++) {
    const symbol = lengthSymbol(length);
    set(lengthCosts, length, cost(main, symbol) + oneBit * lengthExtraBits(symbol));
  }
  const distances = sixteenths(total(firstDistance, distanceSymbols) + 8);
  for (let symbol: u32 = 0; symbol < distanceSymbols; symbol++) {
    set(distanceCosts, symbol, cost(distances, firstDistance + symbol) + oneBit * distanceExtraBits(symbol));
  }
}

function total(first: u32, symbols: u32): u32 {
  let sum: u32 = 0;
  for (let symbol = first; symbol < first + symbols; symbol++) sum += get(seen, symbol);
  return sum;
}

/** Shannon's information of a symbol, but no code is shorter than a bit. */
function cost(all: i32, symbol: u32): i32 {
  return max(oneBit, all - sixteenths(max(get(seen, symbol), 1)));
}

/** log2 of a number above 0, read off its bits as a float: at most 1.4 sixteenths and the rounding too small. */
function sixteenths(value: u32): i32 {
  return (reinterpret<i32>(<f32>value) >> 19) - 16 * 127;
}

function get(words: usize, index: u32): u32 {
  return load<u32>(words + ((<usize>index) << 2));
}

function set(words: usize, index: u32, value: u32): void {
  store<u32>(words + ((<usize>index) << 2), value);
}
