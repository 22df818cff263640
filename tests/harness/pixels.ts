import { asBytes, asElements, type DataType, itemSize } from "@sluice/core";

/** Numbers in 0..1 that are the same on every machine (mulberry32, T. Ettinger, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Little-endian bytes of `count` elements that look like a noisy image: waves of a few levels, which compress, and
 * among them values from the whole range. Integers reach both ends of their range, floating-point numbers hold 0, -0, an infinity and a NaN when `special`.
 */
export function pixelBytes(dataType: DataType, count: number, seed: number, special = false): Uint8Array {
  const random = randomNumbers(seed);
  const bytes = new Uint8Array(count * itemSize[dataType]);
  const elements = asElements(dataType, bytes);
  const ofFloat = elements instanceof Float32Array || elements instanceof Float64Array;
  const bits = 8 * elements.BYTES_PER_ELEMENT;
  const signed = dataType.startsWith("int");
  for (let index = 0; index < elements.length; index += 1) {
    const wave = Math.floor(32 + 20 * Math.sin(index / 37) + 4 * random()) / 64;
    const value = index % 8 === 7 ? random() : wave;
    if (ofFloat) elements[index] = 1000 * value - 300;
    else if (dataType === "bool") elements[index] = value > 0.5 ? 1 : 0;
    else if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
      elements[index] = BigInt(Math.round(value * 2 ** 52)) << 8n;
    } else elements[index] = Math.floor((value - (signed ? 0.5 : 0)) * 2 ** bits);
  }
  if (ofFloat && special) elements.set([0, -0, Number.POSITIVE_INFINITY, Number.NaN]);
  if (!ofFloat && dataType !== "bool" && bits < 64) {
    (elements as Int32Array).set(signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]);
  }
  return asBytes(elements);
}
