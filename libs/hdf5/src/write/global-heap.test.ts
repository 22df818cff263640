import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { GlobalHeap } from "./global-heap.ts";

test("objects are padded to eights, and the free space is object 0", () => {
  const heap = new GlobalHeap();
  expect(heap.put(Uint8Array.of(0x61, 0x62))).toEqual({ collection: 1, index: 1 });
  expect(heap.put(new Uint8Array(0))).toEqual({ collection: 1, index: 2 });
  const [collection = new Uint8Array(0), ...others] = heap.seal();
  expect(others).toEqual([]);
  expect(collection.length).toBe(4096);
  expect(hex(collection.subarray(0, 72))).toBe(
    digits(`47 43 4f 4c 01 00 00 00 00 10 6*00
      | 01 00 6*00 02 7*00 61 62 6*00
      | 02 00 6*00 8*00
      | 8*00 c8 0f 6*00`),
  );
});

test.each([
  [4096 - 16 - 16, ""],
  [4096 - 16 - 16 - 8, "8*00"],
  [4096 - 16 - 16 - 16, "8*00 10 7*00"],
])("an object of %d bytes leaves a tail of its own kind", (length, tail) => {
  const heap = new GlobalHeap();
  heap.put(new Uint8Array(length).fill(1));
  const [collection = new Uint8Array(0)] = heap.seal();
  expect(collection.length).toBe(4096);
  expect(hex(collection.subarray(32 + length))).toBe(digits(tail));
});

test("begins a collection at 64 KiB, gives large objects one of their own, and knows addresses by number", () => {
  const heap = new GlobalHeap();
  expect(heap.put(new Uint8Array(100_001))).toEqual({ collection: 1, index: 1 });
  expect(heap.put(new Uint8Array(65_504))).toEqual({ collection: 2, index: 1 });
  expect(heap.put(new Uint8Array(0))).toEqual({ collection: 3, index: 1 });
  expect(heap.seal().map(({ length }) => length)).toEqual([100_040, 65_536, 4096]);
  for (const address of [96, 200_000, 300_000]) heap.placed(address);
  expect(heap.put(new Uint8Array(1))).toEqual({ collection: 4, index: 1 });
  expect([1, 2, 3].map((number) => heap.addressOf(number))).toEqual([96, 200_000, 300_000]);
});
