import type { SpikeBlock } from "./spike-block.ts";

/** Digits of at most this many bits: their counts stay in the processor's cache. */
const digitBits = 13;
const twoTo32 = 2 ** 32;

/**
 * Puts spikes in order of time, in their own memory; spikes at the same time keep their order. Radix sort, least
 * significant digit first: time grows with the count alone. Integers that lie close together, such as sample numbers, take
 * two or three passes. Further memory: 12 bytes a spike, 24 where times are no such integers.
 *
 * @param block of finite times
 */
export function sortByTime({ values, units, amplitudes }: SpikeBlock): void {
  const { least, greatest, integers, ascends } = survey(values);
  if (ascends) return;
  if (!integers || greatest - least >= twoTo32) {
    const order = orderOfDoubles(values);
    for (const list of [values, units, amplitudes]) if (list) rearrange(list, order);
    return;
  }
  const keys = new Uint32Array(values.length);
  for (let index = 0; index < keys.length; index++) keys[index] = (values[index] as number) - least;
  const bits = 32 - Math.clz32(greatest - least);
  if (!amplitudes) sortPairs(keys, units, bits);
  else {
    const order = indices(values.length);
    sortPairs(keys, order, bits);
    for (const list of [units, amplitudes]) rearrange(list, order);
  }
  for (let place = 0; place < keys.length; place++) values[place] = (keys[place] as number) + least;
}

function survey(values: Float64Array): { least: number; greatest: number; integers: boolean; ascends: boolean } {
  let [least, greatest, before] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [integers, ascends] = [true, true];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (value < before) ascends = false;
    if (Math.floor(value) !== value) integers = false;
    before = value;
  }
  return { least, greatest, integers, ascends };
}

/** Where the values of each place stand. */
function orderOfDoubles(values: Float64Array): Uint32Array {
  const order = indices(values.length);
  const { high, low } = orderedWords(values);
  sortPairs(low, order, 32);
  rearrange(high, order);
  sortPairs(high, order, 32);
  return order;
}

/** The bits of doubles as two words that sort as the doubles do (IEEE 754: sign and magnitude). */
function orderedWords(values: Float64Array): { high: Uint32Array; low: Uint32Array } {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const [high, low] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  for (let index = 0; index < values.length; index++) {
    const [lower, upper] = [words[2 * index] as number, words[2 * index + 1] as number];
    const negative = upper >>> 31 === 1;
    high[index] = negative ? ~upper : upper | 0x8000_0000;
    low[index] = negative ? ~lower : lower;
  }
  return { high, low };
}

/** Sorts keys by their lowest bits, and with each key what belongs to it. */
function sortPairs(keys: Uint32Array, payload: Uint32Array, bits: number): void {
  const passes = Math.ceil(bits / digitBits);
  const width = Math.ceil(bits / passes);
  let from: Pairs = { keys, payload };
  let to: Pairs = { keys: new Uint32Array(keys.length), payload: new Uint32Array(keys.length) };
  for (let pass = 0; pass < passes; pass++) {
    distribute(from, to, pass * width, 2 ** width - 1);
    [from, to] = [to, from];
  }
  if (from.keys === keys) return;
  keys.set(from.keys);
  payload.set(from.payload);
}

interface Pairs {
  readonly keys: Uint32Array;
  readonly payload: Uint32Array;
}

/** Puts pairs in the order of one digit of their keys. */
function distribute({ keys, payload }: Pairs, to: Pairs, shift: number, mask: number): void {
  const [toKeys, toPayload] = [to.keys, to.payload];
  const starts = new Uint32Array(mask + 2);
  for (let index = 0; index < keys.length; index++) starts[(((keys[index] as number) >>> shift) & mask) + 1]!++;
  for (let digit = 1; digit <= mask; digit++) starts[digit]! += starts[digit - 1]!;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as number;
    const digit = (key >>> shift) & mask;
    const place = starts[digit] as number;
    starts[digit] = place + 1;
    toKeys[place] = key;
    toPayload[place] = payload[index] as number;
  }
}

function indices(length: number): Uint32Array {
  const list = new Uint32Array(length);
  for (let index = 0; index < length; index++) list[index] = index;
  return list;
}

/** Puts the elements of a list where an order has them. */
function rearrange(list: Float64Array | Uint32Array, order: Uint32Array): void {
  const before = list.slice();
  for (let place = 0; place < order.length; place++) list[place] = before[order[place] as number] as number;
}
