/** Digits of at most this many bits: their counts stay in the processor's cache. */
const digitBits = 13;
const twoTo32 = 2 ** 32;

/**
 * Indices that sort values ascending; equal values keep their order. Radix sort, least significant digit first: time
 * grows with the count alone. Integers that lie close together, such as sample numbers, take two or three passes.
 *
 * @param values finite
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  const { least, greatest, integers } = survey(values);
  if (!(least < greatest)) return order;
  if (integers && greatest - least < twoTo32) {
    const keys = new Uint32Array(values.length);
    for (let index = 0; index < values.length; index++) keys[index] = (values[index] as number) - least;
    return sortByWords(order, keys, 32 - Math.clz32(greatest - least));
  }
  const { high, low } = orderedWords(values);
  return sortByWords(sortByWords(order, low, 32), high, 32);
}

function survey(values: Float64Array): { least: number; greatest: number; integers: boolean } {
  let [least, greatest, integers] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    if (integers && !Number.isInteger(value)) integers = false;
  }
  return { least, greatest, integers };
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

/** Sorts an order by the lowest bits of keys; the array given may be used as memory. */
function sortByWords(order: Uint32Array, keys: Uint32Array, bits: number): Uint32Array {
  const passes = Math.ceil(bits / digitBits);
  const width = Math.ceil(bits / passes);
  const mask = 2 ** width - 1;
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (let shift = 0; shift < bits; shift += width) {
    const starts = new Uint32Array(mask + 2);
    for (let index = 0; index < keys.length; index++) starts[(((keys[index] as number) >>> shift) & mask) + 1]!++;
    for (let digit = 1; digit <= mask; digit++) starts[digit]! += starts[digit - 1]!;
    for (let place = 0; place < from.length; place++) {
      const index = from[place] as number;
      const digit = ((keys[index] as number) >>> shift) & mask;
      const target = starts[digit] as number;
      starts[digit] = target + 1;
      to[target] = index;
    }
    [from, to] = [to, from];
  }
  return from;
}
