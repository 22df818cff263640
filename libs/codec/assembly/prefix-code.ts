const symbolBits: u32 = 9;
const symbolMask: u32 = (1 << symbolBits) - 1;
const sorted = memory.data(4 * 286);
const nodes = memory.data(4 * 286);
const lengthCounts = memory.data(4 * 16);
const digitPlaces = memory.data(4 * 256);

/**
 * Lengths of a prefix code for symbols that occur `frequencies` (u32) times, written as bytes to `lengths`; 0 for a
 * symbol that does not occur. No length is above `limit`. The code is optimal where the limit allows, and complete.
 * At least two symbols must occur, each fewer than 2^23 times.
 */
export function codeLengths(frequencies: usize, symbols: u32, limit: u32, lengths: usize): void {
  const used = sortUsed(frequencies, symbols);
  optimalDepths(used);
  countDepths(used, limit);
  memory.fill(lengths, 0, symbols);
  let rank: u32 = 0;
  for (let length = limit; length > 0; length--) {
    for (let left = get(lengthCounts, length); left > 0; left--) {
      store<u8>(lengths + (get(sorted, rank++) & symbolMask), <u8>length);
    }
  }
}

/** The codes of canonical order (RFC 1951, section 3.2.2), first bit lowest, as entries of code + (length << 16). */
export function assignCodes(lengths: usize, symbols: u32, limit: u32, entries: usize): void {
  memory.fill(lengthCounts, 0, 4 * (limit + 1));
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = load<u8>(lengths + symbol);
    if (length > 0) set(lengthCounts, length, get(lengthCounts, length) + 1);
  }
  let next: u32 = 0;
  for (let length: u32 = 1; length <= limit; length++) {
    const count = get(lengthCounts, length);
    set(lengthCounts, length, next);
    next = (next + count) << 1;
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length === 0) {
      set(entries, symbol, 0);
    } else {
      const code = get(lengthCounts, length);
      set(lengthCounts, length, code + 1);
      set(entries, symbol, reversed(code, length) | (length << 16));
    }
  }
}

/**
 * The used symbols in `sorted`, rarest first, as symbol + (frequency << 9), by a radix sort of the frequencies, which
 * unlike a sort by comparisons has no branch that a processor would guess wrong. Returns how many.
 */
function sortUsed(frequencies: usize, symbols: u32): u32 {
  let used: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const frequency = get(frequencies, symbol);
    if (frequency > 0) set(nodes, used++, (frequency << symbolBits) | symbol);
  }
  sortByDigit(nodes, sorted, used, symbolBits);
  sortByDigit(sorted, nodes, used, symbolBits + 8);
  sortByDigit(nodes, sorted, used, symbolBits + 16);
  return used;
}

/** Copies `count` items in the order of the 8 bits above `shift`; equal ones keep their order. */
function sortByDigit(source: usize, target: usize, count: u32, shift: u32): void {
  memory.fill(digitPlaces, 0, 4 * 256);
  for (let i: u32 = 0; i < count; i++) {
    const digit = (get(source, i) >> shift) & 255;
    set(digitPlaces, digit, get(digitPlaces, digit) + 1);
  }
  let place: u32 = 0;
  for (let digit: u32 = 0; digit < 256; digit++) {
    const here = get(digitPlaces, digit);
    set(digitPlaces, digit, place);
    place += here;
  }
  for (let i: u32 = 0; i < count; i++) {
    const item = get(source, i);
    const digit = (item >> shift) & 255;
    const at = get(digitPlaces, digit);
    set(digitPlaces, digit, at + 1);
    set(target, at, item);
  }
}

/**
 * Depths of the leaves of a Huffman tree in `nodes`, in the order of `sorted`: A. Moffat, J. Katajainen, "In-place
 * calculation of minimum-redundancy codes", WADS 1995.
 */
function optimalDepths(used: u32): void {
  for (let i: u32 = 0; i < used; i++) set(nodes, i, get(sorted, i) >> symbolBits);
  // Weights become parents: nodes [root, next) are trees not yet joined, [leaf, used) leaves not yet joined.
  let root: u32 = 0;
  let leaf: u32 = 0;
  for (let next: u32 = 0; next < used - 1; next++) {
    let weight: u32 = 0;
    for (let child = 0; child < 2; child++) {
      if (leaf >= used || (root < next && get(nodes, root) < get(nodes, leaf))) {
        weight += get(nodes, root);
        set(nodes, root++, next);
      } else {
        weight += get(nodes, leaf++);
      }
    }
    set(nodes, next, weight);
  }
  // Parents become depths, from the root down.
  set(nodes, used - 2, 0);
  for (let i = <i32>used - 3; i >= 0; i--) set(nodes, i, get(nodes, get(nodes, i)) + 1);
  // Depths of inner nodes become those of leaves.
  let inner = <i32>used - 2;
  let place = <i32>used - 1;
  let open: u32 = 1;
  for (let depth: u32 = 0; open > 0; depth++) {
    let innerHere: u32 = 0;
    for (; inner >= 0 && get(nodes, inner) === depth; inner--) innerHere++;
    for (let leaves = open - innerHere; leaves > 0; leaves--) set(nodes, place--, depth);
    open = 2 * innerHere;
  }
}

/**
 * How many codes have each length, in `lengthCounts`. Where leaves are deeper than `limit` they are drawn up to it, and
 * as long as the code has more words than bits allow, the deepest leaf above the limit takes one of those at the limit
 * for a neighbour one bit deeper.
 */
function countDepths(used: u32, limit: u32): void {
  memory.fill(lengthCounts, 0, 4 * (limit + 1));
  let space: u32 = 0;
  for (let i: u32 = 0; i < used; i++) {
    const length = min(get(nodes, i), limit);
    set(lengthCounts, length, get(lengthCounts, length) + 1);
    space += 1 << (limit - length);
  }
  for (; space > 1 << limit; space--) {
    let length = limit - 1;
    while (get(lengthCounts, length) === 0) length--;
    set(lengthCounts, length, get(lengthCounts, length) - 1);
    set(lengthCounts, length + 1, get(lengthCounts, length + 1) + 2);
    set(lengthCounts, limit, get(lengthCounts, limit) - 1);
  }
}

/** The low `length` bits of `code`, at most 16, in the opposite order. */
function reversed(code: u32, length: u32): u32 {
  let bits = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >> 8);
  return bits >> (16 - length);
}

function get(words: usize, index: u32): u32 {
  return load<u32>(words + ((<usize>index) << 2));
}

function set(words: usize, index: u32, value: u32): void {
  store<u32>(words + ((<usize>index) << 2), value);
}
