import * as zlib from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Zstd, zstdAvailable } from "./zstd.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

test("zstd is there from Node 22.15 and is refused with the reason before", () => {
  expect(zstdAvailable).toBe(major > 23 || (major === 23 && minor >= 8) || (major === 22 && minor >= 15));
  if (!zstdAvailable) expect(() => new Zstd()).toThrow(/Node 22\.15/);
});

const testWithZstd = zstdAvailable ? test : test.skip;

testWithZstd("any bytes come back (skipped where Node has no zstd)", async () => {
  const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync: (bytes: Uint8Array) => Uint8Array };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 22 }), async (bytes, level) => {
      const { bytes: output, rawBytes, shrinks } = await new Zstd({ level }).encode(bytes);
      expect(new Uint8Array(zstdDecompressSync(output))).toEqual(bytes);
      expect(rawBytes).toBe(bytes.length);
      expect(shrinks).toBe(output.length < bytes.length);
    }),
    { numRuns: 30 },
  );
});

testWithZstd(
  "a frame tells its content size, which numcodecs and libhdf5 need (skipped where Node has no zstd)",
  async () => {
    const { bytes } = await new Zstd().encode(new Uint8Array(100_000));
    const frame = Buffer.from(bytes);
    expect(frame.readUInt32LE(0)).toBe(0xfd2fb528);
    // RFC 8878, 3.1.1.1: content size flag in bits 6 and 7, single segment in bit 5 of the descriptor.
    expect((frame.readUInt8(4) & 0b1110_0000) !== 0).toBe(true);
  },
);

testWithZstd("levels that zstd does not have are refused (skipped where Node has no zstd)", () => {
  for (const level of [0, 23, 1.5]) expect(() => new Zstd({ level })).toThrow(RangeError);
});
