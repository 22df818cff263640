// One stream of bits is written at a time, lowest bit first (RFC 1951, section 3.1.1).

let bits: u64 = 0;
/** Bits that wait in `bits`: fewer than 8 between two calls. */
let waiting: u64 = 0;
let place: usize = 0;

/** Begins at `out`. Up to 8 bytes past the end of the stream are overwritten. */
export function beginBits(out: usize): void {
  bits = 0;
  waiting = 0;
  place = out;
}

/** Writes the low `count` bits of `value`, which has no others; at most 56. */
export function putBits(value: u64, count: u64): void {
  bits |= value << waiting;
  waiting += count;
  store<u64>(place, bits);
  place += <usize>(waiting >> 3);
  bits >>= waiting & ~7;
  waiting &= 7;
}

/** Fills the byte with zeros. Returns where the next one begins. */
export function alignBits(): usize {
  if (waiting > 0) putBits(0, 8 - waiting);
  return place;
}

/** Writes bytes at a whole byte. */
export function putBytes(from: usize, length: usize): void {
  memory.copy(place, from, length);
  place += length;
}

/** Writes the codes of the bytes [from, end); `entries` are code + (length << 16), 14 bits at most. */
export function putLiterals(from: usize, end: usize, entries: usize): void {
  // Globals live in memory; in the loop everything is to stay in registers.
  let held = bits;
  let count = waiting;
  let out = place;
  for (; from + 8 <= end; from += 8) {
    const eight = load<u64>(from);
    const first = entry(entries, eight);
    held |= code(first) << count;
    count += length(first);
    const second = entry(entries, eight >> 8);
    held |= code(second) << count;
    count += length(second);
    const third = entry(entries, eight >> 16);
    held |= code(third) << count;
    count += length(third);
    const fourth = entry(entries, eight >> 24);
    held |= code(fourth) << count;
    count += length(fourth);
    store<u64>(out, held);
    out += <usize>(count >> 3);
    held >>= count & ~7;
    count &= 7;
    const fifth = entry(entries, eight >> 32);
    held |= code(fifth) << count;
    count += length(fifth);
    const sixth = entry(entries, eight >> 40);
    held |= code(sixth) << count;
    count += length(sixth);
    const seventh = entry(entries, eight >> 48);
    held |= code(seventh) << count;
    count += length(seventh);
    const eighth = entry(entries, eight >> 56);
    held |= code(eighth) << count;
    count += length(eighth);
    store<u64>(out, held);
    out += <usize>(count >> 3);
    held >>= count & ~7;
    count &= 7;
  }
  bits = held;
  waiting = count;
  place = out;
  for (; from < end; from++) {
    const last = entry(entries, load<u8>(from));
    putBits(code(last), length(last));
  }
}

function entry(entries: usize, byte: u64): u32 {
  return load<u32>(entries + ((<usize>byte & 255) << 2));
}

function code(item: u32): u64 {
  return item & 0xffff;
}

function length(item: u32): u64 {
  return item >> 16;
}
