import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { probe } from "./probe.ts";
import { shuffle } from "./shuffle.ts";
import { huffmanOnly, runLength } from "./strategy.ts";
import { labels, noise, ramp } from "./testing/samples.ts";

test("noise needs no search for repeats", async () => {
  for (const bytes of [noise(100_000), randomBytes(50_000), shuffle(noise(300_000), 2)]) {
    const { strategy } = await probe(bytes);
    expect([huffmanOnly, runLength]).toContain(strategy);
  }
});

test("flat data takes run lengths, which find all there is", async () => {
  expect((await probe(new Uint8Array(300_000).fill(7))).strategy).toBe(runLength);
});

test("labels and ramps take LZ77", async () => {
  expect((await probe(labels(200))).strategy.name).toMatch(/^LZ77/);
  expect((await probe(ramp(20_000))).strategy.name).toMatch(/^LZ77/);
});

test("the reason names the choice and what stands against it", async () => {
  expect((await probe(ramp(20_000))).reason).toMatch(
    /^LZ77 level \d: \d\d\.\d % smaller than Huffman only on the probe$/,
  );
  expect((await probe(noise(20_000))).reason).toMatch(
    /^Huffman only: (no costlier strategy is smaller|costlier .* would save [0-7]\.\d %) on the probe$/,
  );
});

test("the sample sees every byte plane of shuffled data, not the middle alone", async () => {
  const planeBytes = 200_000;
  const repeats = Buffer.alloc(planeBytes, noise(500));
  const random = randomBytes(planeBytes);
  const planes = [repeats, repeats, repeats, random, random, repeats, repeats, repeats];
  expect((await probe(Buffer.concat(planes))).strategy.name).toMatch(/^LZ77/);
});

test("the same bytes lead to the same choice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), async (bytes) => {
      const [first, second] = await Promise.all([probe(bytes), probe(bytes)]);
      expect(second).toEqual(first);
    }),
    { numRuns: 20 },
  );
});
