// Where the same bytes were last: two tables, one for the next 6 bytes and one for the next 11. Noise repeats few bytes
// by chance and near by; in planes of few values every 6 bytes have just been seen, and longer repeats are what pays.
// Positions are kept to 16 bits, twice the window: the tables stay in the nearest caches.

const bits: u32 = 15;
const longBits: u32 = 14;
const latest = memory.data(2 << 15);
const latestLong = memory.data(2 << 14);
/** Bytes that are looked at from a position on, in whole words. */
export const wordsBytes: usize = 16;

/** How far back the next 6 and the next 11 bytes may have been, mod 2^16; to be compared before it is believed. */
export let distance: usize = 0;
export let longDistance: usize = 0;

export function forgetPositions(): void {
  memory.fill(latest, 0, 2 << bits);
  memory.fill(latestLong, 0, 2 << longBits);
}

/** Looks up what is at `at`, which is `place` bytes into the data, and remembers it. */
export function lookUp(at: usize, place: usize): void {
  const slot = slotOf(at);
  const longSlot = longSlotOf(at);
  distance = (place - <usize>load<u16>(slot)) & 0xffff;
  longDistance = (place - <usize>load<u16>(longSlot)) & 0xffff;
  store<u16>(slot, <u16>place);
  store<u16>(longSlot, <u16>place);
}

/** Remembers what is at `at`, which is `place` bytes into the data. */
export function remember(at: usize, place: usize): void {
  store<u16>(slotOf(at), <u16>place);
  store<u16>(longSlotOf(at), <u16>place);
}

// Multiplication spreads the bytes over the upper bits: D. E. Knuth, "The Art of Computer Programming", 6.4.

function slotOf(at: usize): usize {
  return latest + ((<usize>(((load<u64>(at) << 16) * 0x9fb21c651e98df25) >> (64 - bits))) << 1);
}

function longSlotOf(at: usize): usize {
  const mixed = (load<u64>(at) * 0x9fb21c651e98df25) ^ load<u64>(at + 3);
  return latestLong + ((<usize>((mixed * 0x9e3779b97f4a7c15) >> (64 - longBits))) << 1);
}
