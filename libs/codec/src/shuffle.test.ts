import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { shuffle, unshuffle } from "./shuffle.ts";

/** Byte `b` of item `i` goes to plane `b`, place `i`; what is left over stays at the end. */
function shuffledByDefinition(bytes: Uint8Array, itemSize: number): Uint8Array {
  const items = Math.floor(bytes.length / itemSize);
  const output = new Uint8Array(bytes);
  for (let item = 0; item < items; item++) {
    for (let byte = 0; byte < itemSize; byte++) {
      output[byte * items + item] = bytes[item * itemSize + byte] as number;
    }
  }
  return output;
}

/** Bytes at any place of a larger buffer, so that views of words are often not aligned. */
const placedBytes = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(7))
  .map(([bytes, offset]) => Buffer.concat([new Uint8Array(offset), bytes]).subarray(offset));
const itemSizes = fc.oneof(fc.constantFrom(1, 2, 4, 8, 16), fc.integer({ min: 1, max: 20 }));

test("shuffle follows its definition for every item size, length and alignment", () => {
  fc.assert(
    fc.property(placedBytes, itemSizes, (bytes, itemSize) => {
      const before = new Uint8Array(bytes);
      expect(shuffle(bytes, itemSize)).toEqual(shuffledByDefinition(bytes, itemSize));
      expect(new Uint8Array(bytes)).toEqual(before);
    }),
    { numRuns: 500 },
  );
});

test("unshuffle undoes shuffle", () => {
  fc.assert(
    fc.property(placedBytes, itemSizes, (bytes, itemSize) => {
      expect(unshuffle(shuffle(bytes, itemSize), itemSize)).toEqual(new Uint8Array(bytes));
    }),
    { numRuns: 500 },
  );
});

test.each([2, 4, 8, 16])("the fast paths hold every byte: items of %i bytes", (itemSize) => {
  const bytes = Uint8Array.from({ length: 64 * itemSize }, (_, i) => (i * 167 + (i >> 8) * 31) & 0xff);
  expect(shuffle(bytes, itemSize)).toEqual(shuffledByDefinition(bytes, itemSize));
  expect(unshuffle(bytes, itemSize)).not.toEqual(bytes);
  expect(shuffle(unshuffle(bytes, itemSize), itemSize)).toEqual(bytes);
});

test("the result is new bytes even where nothing moves", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const output = shuffle(bytes, 1);
  output[0] = 9;
  expect(bytes[0]).toBe(1);
});

test.each([0, -2, 1.5, Number.NaN])("an item size of %p is refused", (itemSize) => {
  expect(() => shuffle(new Uint8Array(4), itemSize)).toThrow(RangeError);
  expect(() => unshuffle(new Uint8Array(4), itemSize)).toThrow(RangeError);
});
