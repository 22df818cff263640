import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { superblock, superblockBytes } from "./superblock.ts";

test("version 0 with the entry of the root group", () => {
  const block = superblock({ leafK: 8, internalK: 4 }, 0x1_0000_0800, {
    header: 0x60,
    table: { tree: 0x88, heap: 0x98 },
  });
  expect(hex(block)).toBe(
    digits(`89 48 44 46 0d 0a 1a 0a | 00 00 00 00 00 08 08 00 | 08 00 04 00 00 00 00 00
      | 8*00 | 8*ff | 00 08 00 00 01 00 00 00 | 8*ff
      | 8*00 | 60 7*00 | 01 00 00 00 00 00 00 00 | 88 7*00 | 98 7*00`),
  );
  expect(block.length).toBe(superblockBytes);
});
