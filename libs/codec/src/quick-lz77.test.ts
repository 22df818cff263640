import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync, inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { deflateEnd } from "./deflate-container.ts";
import { huffmanDeflate } from "./huffman-deflate.ts";
import { shuffle } from "./shuffle.ts";
import { frame, labels, noise, ramp, randomNumbers } from "./testing/samples.ts";

/** Deflates and inflates in all containers. Returns the size of the raw stream. */
async function roundTrip(bytes: Uint8Array): Promise<number> {
  const [zlib, raw, part] = await Promise.all([
    huffmanDeflate("matches", "zlib", bytes),
    huffmanDeflate("matches", "raw", bytes),
    huffmanDeflate("matches", "part", bytes),
  ]);
  expect(inflateSync(zlib).equals(bytes)).toBe(true);
  expect(inflateRawSync(raw).equals(bytes)).toBe(true);
  expect(inflateRawSync(Buffer.concat([part, part, deflateEnd])).equals(Buffer.concat([bytes, bytes]))).toBe(true);
  return raw.length;
}

/** Bytes of few values, each as rare as it is large. */
function fewValues(length: number, skew: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => random() ** skew * 4);
}

test("any bytes come back from zlib as they were", async () => {
  const spread = fc.tuple(fc.nat(70_000), fc.integer({ min: 1, max: 256 }), fc.nat(8), fc.nat());
  await fc.assert(
    fc.asyncProperty(spread, async ([length, values, skew, seed]) => {
      const random = randomNumbers(seed);
      await roundTrip(Uint8Array.from({ length }, () => random() ** skew * values));
    }),
    { numRuns: 60 },
  );
});

test("short bytes of every kind come back", async () => {
  const few = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 90 }).map((values) => Uint8Array.from(values));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 60 }), few), async (bytes) => void (await roundTrip(bytes))),
    { numRuns: 200 },
  );
});

/** Repeats of what came before, from every distance and of every length, among other bytes. */
function repeats(pieces: readonly (readonly [literals: number, length: number, distance: number])[]): Uint8Array {
  const bytes: number[] = [];
  const random = randomNumbers(pieces.length);
  for (const [literals, length, distance] of pieces) {
    for (let i = 0; i < literals; i++) bytes.push(Math.floor(random() * 256));
    for (let i = 0; i < length; i++) bytes.push(bytes[bytes.length - distance] ?? 0);
  }
  return Uint8Array.from(bytes);
}

test("repeats of every length from every distance come back", async () => {
  const piece = fc.tuple(fc.nat(300), fc.nat(600), fc.oneof(fc.integer({ min: 1, max: 40 }), fc.nat(70_000)));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 250 }), async (pieces) => void (await roundTrip(repeats(pieces)))),
    { numRuns: 60 },
  );
});

test.each([32_767, 32_768, 32_769, 65_535, 65_536, 65_537])("a period of %p bytes comes back", async (period) => {
  const size = await roundTrip(Buffer.alloc(300_000, randomBytes(period)));
  if (period <= 32_768) expect(size).toBeLessThan(period + 3000);
  else expect(size).toBeLessThanOrEqual(300_000 + 6 * Math.ceil(300_000 / 32_768) + 16);
});

test.each([
  ["none", new Uint8Array(0)],
  ["one", Uint8Array.of(255)],
  ["one value", new Uint8Array(3_000_000).fill(255)],
  ["every value in turn", Uint8Array.from({ length: 600_000 }, (_, i) => i)],
  ["runs that end in turn", Uint8Array.from({ length: 400_000 }, (_, i) => (i % 517 === 0 ? i / 517 : 7))],
  ["a match for every 5 bytes", Uint8Array.from({ length: 1_100_000 }, (_, i) => Math.floor(i / 5) * 101)],
  ["labels", labels(400)],
  ["noise in several parts", noise(1_300_001).subarray(1)],
  ["few values, a block of many steps", fewValues(1_100_000, 6, 3)],
  ["noise, few values, ramps in turn", Buffer.concat([noise(70_000), fewValues(90_000, 9, 4), ramp(30_000)])],
])("comes back: %s", async (_, bytes) => {
  const size = await roundTrip(bytes);
  const huffmanOnly = deflateRawSync(bytes, { level: 1, strategy: constants.Z_HUFFMAN_ONLY, memLevel: 9 }).length;
  expect(size).toBeLessThanOrEqual(huffmanOnly * 1.005 + 3);
});

test("what does not shrink grows by 6 bytes in each 32 KiB at most", async () => {
  for (const length of [1, 16, 17, 1000, 65_536, 3_000_000]) {
    expect(await roundTrip(randomBytes(length))).toBeLessThanOrEqual(length + 6 * Math.ceil(length / 32_768) + 16);
  }
});

test.each([
  ["the high bytes of a bright detector", shuffle(frame(512, 1500, 4), 2).subarray(512 * 512)],
  ["few values", fewValues(400_000, 5, 2)],
])("is no larger than zlib's level 4: %s", async (_, bytes) => {
  expect(await roundTrip(bytes)).toBeLessThanOrEqual(deflateRawSync(bytes, { level: 4 }).length);
});

test("gives the same bytes every time, whatever was deflated before", async () => {
  const inputs = Array.from({ length: 12 }, (_, i) => fewValues(50_000 + 9770 * i, 1 + i, i));
  const together = await Promise.all(inputs.map((input) => huffmanDeflate("matches", "zlib", input)));
  const inTurn: Uint8Array[] = [];
  for (const input of inputs.toReversed()) inTurn.unshift(await huffmanDeflate("matches", "zlib", input));
  expect(Buffer.concat(inTurn).equals(Buffer.concat(together))).toBe(true);
});
