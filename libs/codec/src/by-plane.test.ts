import { inflateRawSync, inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { byPlane, planesOf } from "./by-plane.ts";
import { deflateEnd } from "./deflate-container.ts";
import { huffmanAndRuns, lz77, quickLz77, shortRuns } from "./strategy.ts";
import { noise } from "./testing/samples.ts";

const strategies = fc.array(fc.constantFrom(huffmanAndRuns, shortRuns, quickLz77, lz77(0), lz77(1), lz77(4)), {
  minLength: 1,
  maxLength: 8,
});
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.tuple(fc.nat(70_000), fc.nat(255)).map(([length, value]) => new Uint8Array(length).fill(value)),
  fc.nat(100_000).map((values) => noise(values)),
);

test("whichever way each plane is deflated, the bytes come back", async () => {
  await fc.assert(
    fc.asyncProperty(strategies, contents, async (each, bytes) => {
      const strategy = byPlane(each);
      const [zlib, raw, part] = await Promise.all([
        strategy.deflate("zlib", bytes),
        strategy.deflate("raw", bytes),
        strategy.deflate("part", bytes),
      ]);
      expect(inflateSync(zlib).equals(bytes)).toBe(true);
      expect(inflateRawSync(raw).equals(bytes)).toBe(true);
      expect(inflateRawSync(Buffer.concat([part, part, deflateEnd])).equals(Buffer.concat([bytes, bytes]))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("what is left over of items belongs to the last plane", () => {
  expect(planesOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 3)).toEqual([
    Uint8Array.of(1, 2),
    Uint8Array.of(3, 4),
    Uint8Array.of(5, 6, 7),
  ]);
});

test("planes that are all deflated alike are one stream of that strategy", () => {
  expect(byPlane([shortRuns, shortRuns])).toBe(shortRuns);
  expect(byPlane([huffmanAndRuns, shortRuns]).name).toBe("Huffman and runs + short runs");
});
