import { randomBytes } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { defaultTolerance, probe } from "./probe.ts";
import { shuffle } from "./shuffle.ts";
import { huffmanAndRuns } from "./strategy.ts";
import { frame, noise, ramp } from "./testing/samples.ts";

test("noise needs no search for repeats", async () => {
  for (const bytes of [noise(100_000), randomBytes(50_000), shuffle(noise(300_000), 2)]) {
    expect((await probe(bytes)).strategy).toBe(huffmanAndRuns);
  }
});

test("flat data and masked noise take runs, which find all there is", async () => {
  const masked = Buffer.from(noise(150_000)).fill(100, 50_000, 200_000);
  const constant = new Uint8Array(new Float32Array(70_000).fill(-1.5).buffer);
  for (const bytes of [new Uint8Array(300_000).fill(7), constant, masked]) {
    expect((await probe(bytes)).strategy).toBe(huffmanAndRuns);
  }
});

test("repeats that are no runs take LZ77", async () => {
  expect((await probe(ramp(20_000))).strategy.name).toMatch(/LZ77/);
  expect((await probe(Buffer.alloc(100_000, noise(500)))).strategy.name).toMatch(/LZ77/);
});

test("the high bytes of a bright detector take the quick search", async () => {
  const options = { planes: 2, tolerance: { ...defaultTolerance, ofLevel4: 0 } };
  const { strategy } = await probe(shuffle(frame(512, 1500, 4), 2), options);
  expect(strategy.name).toBe("Huffman and runs + quick LZ77");
});

test("a third of next to nothing is not worth a search", async () => {
  const { strategy, reason } = await probe(new Uint8Array(200_000));
  expect(strategy).toBe(huffmanAndRuns);
  expect(reason).toBe("Huffman and runs: 0.2 % left of the probe; costlier short runs would leave 0.1 %");
});

test("the reason names the choice and what stands against it", async () => {
  expect((await probe(ramp(20_000))).reason).toMatch(
    /^(quick LZ77|LZ77 level \d): \d\d\.\d % left of the probe; cheaper Huffman and runs would leave \d\d\.\d %$/,
  );
  expect((await probe(noise(20_000))).reason).toMatch(
    /^Huffman and runs: \d\d\.\d % left of the probe; (no costlier strategy leaves less|costlier .* would leave .* %)$/,
  );
});

test("the sample sees every byte plane of shuffled data, not the middle alone", async () => {
  const planeBytes = 200_000;
  const repeats = Buffer.alloc(planeBytes, noise(500));
  const random = randomBytes(planeBytes);
  const planes = [repeats, repeats, repeats, random, random, repeats, repeats, repeats];
  expect((await probe(Buffer.concat(planes))).strategy.name).toMatch(/LZ77/);
});

test("each byte plane is deflated in the way that it needs", async () => {
  const low = noise(40_000);
  const high = Buffer.alloc(80_000, noise(500));
  const bytes = Buffer.concat([low, high]);
  const options = { planes: 2, tolerance: { ...defaultTolerance, ofLevel4: 0 } };
  const { strategy, reason } = await probe(bytes, options);
  expect(strategy.name).toMatch(/^Huffman and runs \+ (quick LZ77|LZ77 level \d)$/);
  expect(reason).toMatch(/ \d\d\.\d % left of the probe; LZ77 level 4 would leave \d\d\.\d %$/);
  expect(inflateSync(await strategy.deflate("zlib", bytes)).equals(bytes)).toBe(true);
});

test("planes that are too small for Huffman codes of their own stay together", async () => {
  const bytes = Buffer.concat([noise(1000), Buffer.alloc(2000)]);
  expect((await probe(bytes, { planes: 2 })).strategy.name).not.toContain("+");
});

test.each([1, 2, 3, 4])("no larger than zlib at level 4 where that is asked for: detector %p", async (seed) => {
  for (const [offset, gain] of [
    [20, 1],
    [200, 2],
    [1500, 12],
  ] as const) {
    const bytes = shuffle(frame(256, offset, gain, seed), 2);
    const { strategy } = await probe(bytes, { planes: 2, tolerance: { ...defaultTolerance, ofLevel4: 0 } });
    const stream = await strategy.deflate("zlib", bytes);
    expect(inflateSync(stream).equals(bytes)).toBe(true);
    expect(stream.length).toBeLessThanOrEqual(deflateSync(bytes, { level: 4 }).length);
  }
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
