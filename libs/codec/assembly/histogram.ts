import { allCountsBytes, countsBytes } from "./alphabet";

/** Bytes of a table: 256 counts of 32 bits. */
const tableBytes: usize = 1024;

// A table for each of eight neighbours: equal ones in a row would wait for the count before them to be stored.
const tables = memory.data(8 * 1024);

/** Begins a count of bytes. */
export function beginCount(): void {
  memory.fill(tables, 0, 8 * tableBytes);
}

/** Counts the bytes [from, end). */
export function countBytes(from: usize, end: usize): void {
  for (; from + 8 <= end; from += 8) {
    const eight = load<u64>(from);
    increment(0, eight);
    increment(1, eight >> 8);
    increment(2, eight >> 16);
    increment(3, eight >> 24);
    increment(4, eight >> 32);
    increment(5, eight >> 40);
    increment(6, eight >> 48);
    increment(7, eight >> 56);
  }
  for (; from < end; from++) increment(0, load<u8>(from));
}

function increment(table: usize, byte: u64): void {
  const counter = tables + table * tableBytes + ((<usize>byte & 255) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Writes the counts of the 256 bytes. */
export function endCount(counts: usize): void {
  for (let at: usize = 0; at < tableBytes; at += 16) {
    let sum = v128.load(tables + at);
    for (let table: usize = 1; table < 8; table++) {
      sum = i32x4.add(sum, v128.load(tables + table * tableBytes + at));
    }
    v128.store(counts + at, sum);
  }
}

/** Adds the counts `more` of all symbols to `counts`. */
export function addCounts(counts: usize, more: usize): void {
  for (let at: usize = 0; at < allCountsBytes; at += 16) {
    v128.store(counts + at, i32x4.add(v128.load(counts + at), v128.load(more + at)));
  }
}

/** Bits that ideal codes need for all symbols counted, by Shannon's entropy; good to one in a thousand. */
export function entropyBits(counts: usize): f32 {
  return alphabetBits(counts, countsBytes) + alphabetBits(counts + countsBytes, allCountsBytes - countsBytes);
}

function alphabetBits(counts: usize, bytes: usize): f32 {
  let products = f32x4.splat(0);
  let total = i32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const four = v128.load(counts + at);
    products = f32x4.add(products, timesLog2(four));
    total = i32x4.add(total, four);
  }
  const whole = timesLog2(
    i32x4(
      i32x4.extract_lane(total, 0) +
        i32x4.extract_lane(total, 1) +
        i32x4.extract_lane(total, 2) +
        i32x4.extract_lane(total, 3),
      0,
      0,
      0,
    ),
  );
  const bits = f32x4.sub(whole, products);
  return (
    f32x4.extract_lane(bits, 0) +
    f32x4.extract_lane(bits, 1) +
    f32x4.extract_lane(bits, 2) +
    f32x4.extract_lane(bits, 3)
  );
}

/**
 * n log2 n of four counts, 0 for 0: exponent of the number as a float plus a polynomial for its mantissa (Chebyshev
 * interpolation, off by 0.00012 at most).
 */
function timesLog2(four: v128): v128 {
  const numbers = f32x4.convert_i32x4_u(four);
  const exponents = i32x4.sub(i32x4.shr_u(numbers, 23), i32x4.splat(127));
  const mantissas = v128.or(v128.and(numbers, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  let logarithms = f32x4.splat(-0.07844068);
  logarithms = f32x4.add(f32x4.mul(logarithms, mantissas), f32x4.splat(0.62603218));
  logarithms = f32x4.add(f32x4.mul(logarithms, mantissas), f32x4.splat(-2.07833517));
  logarithms = f32x4.add(f32x4.mul(logarithms, mantissas), f32x4.splat(4.02921139));
  logarithms = f32x4.add(f32x4.mul(logarithms, mantissas), f32x4.splat(-2.49835315));
  return f32x4.mul(numbers, f32x4.add(logarithms, f32x4.convert_i32x4_s(exponents)));
}
