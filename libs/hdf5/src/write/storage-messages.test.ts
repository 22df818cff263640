import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import {
  chunkedLayout,
  compactLayout,
  contiguousLayout,
  fillValueMessage,
  filterPipelineMessage,
} from "./storage-messages.ts";

test("fill values say when room is made: early, late, with each chunk", () => {
  expect(hex(fillValueMessage("compact"))).toBe(digits("02 01 02 01 00 00 00 00"));
  expect(hex(fillValueMessage("contiguous", Uint8Array.of(7, 8)))).toBe(digits("02 02 02 01 02 00 00 00 07 08"));
  expect(hex(fillValueMessage("chunked"))).toBe(digits("02 03 02 01 00 00 00 00"));
});

test("layouts", () => {
  expect(hex(compactLayout(Uint8Array.of(1, 2, 3)))).toBe(digits("03 00 03 00 01 02 03"));
  expect(hex(contiguousLayout(0x1234, 5))).toBe(digits("03 01 34 12 6*00 05 7*00"));
  expect(hex(contiguousLayout(undefined, 0))).toBe(digits("03 01 8*ff 8*00"));
  // The rank is one more than that of the dataset.
  expect(hex(chunkedLayout(0x60, [4, 5], 2))).toBe(digits("03 02 03 60 7*00 04 00 00 00 05 00 00 00 02 00 00 00"));
  expect(hex(chunkedLayout(undefined, [1], 8))).toBe(digits("03 02 02 8*ff 01 00 00 00 08 00 00 00"));
});

test("shuffle, then deflate", () => {
  const filters = [
    { id: 2, name: "shuffle", parameter: 2 },
    { id: 1, name: "deflate", parameter: 4 },
  ] as const;
  expect(hex(filterPipelineMessage(filters))).toBe(
    digits(`01 02 6*00
      | 02 00 08 00 01 00 01 00 73 68 75 66 66 6c 65 00 02 00 00 00 00 00 00 00
      | 01 00 08 00 01 00 01 00 64 65 66 6c 61 74 65 00 04 00 00 00 00 00 00 00`),
  );
});
