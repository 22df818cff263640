import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { crc32, crc32c } from "./checksum.ts";

const digits = Buffer.from("123456789");

test("check values of the CRC catalogue", () => {
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32(digits)).toBe(0xcbf43926);
});

test("CRC-32C vectors of RFC 3720, appendix B.4", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test("nothing has the checksum 0", () => {
  expect(crc32c(new Uint8Array(0))).toBe(0);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test.each([
  ["CRC-32C", crc32c],
  ["CRC-32", crc32],
])("%s of parts is that of the whole", (_, checksum) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      expect(checksum(bytes.subarray(cut), checksum(bytes.subarray(0, cut)))).toBe(checksum(bytes));
    }),
  );
});
