import { inflateRawSync, inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { AdaptiveDeflate } from "./adaptive-deflate.ts";
import type { Encoded } from "./compressor.ts";
import { deflateEnd } from "./deflate-container.ts";
import { inOrder } from "./in-order.ts";
import { labels, noise, ramp } from "./testing/samples.ts";

async function encodeAll(
  deflate: AdaptiveDeflate,
  chunks: readonly Uint8Array[],
  lookAhead: number,
): Promise<Encoded[]> {
  const results: Encoded[] = [];
  for await (const result of inOrder(chunks, lookAhead, (chunk) => deflate.encode(chunk))) results.push(result);
  return results;
}

/** Random bytes, a few values in turn, or one value: empty and one byte included. */
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.array(fc.constantFrom(0, 1, 255), { maxLength: 2000 }).map((values) => Uint8Array.from(values)),
  fc.tuple(fc.nat(70_000), fc.nat(255)).map(([length, value]) => new Uint8Array(length).fill(value)),
);

test("any parts, whichever way each was deflated, join to one stream", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: contents, level: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) }), {
        maxLength: 6,
      }),
      async (chunks) => {
        const parts = await Promise.all(
          chunks.map(({ bytes, level }) => new AdaptiveDeflate({ container: "part", level }).encode(bytes)),
        );
        const stream = Buffer.concat([...parts.map(({ bytes }) => bytes), deflateEnd]);
        expect(inflateRawSync(stream).equals(Buffer.concat(chunks.map(({ bytes }) => bytes)))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("any chunks come back from zlib as they were", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(contents, { maxLength: 6 }),
      fc.constantFrom("zlib" as const, "raw" as const),
      fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
      async (chunks, container, level) => {
        const before = chunks.map((chunk) => new Uint8Array(chunk));
        const results = await encodeAll(new AdaptiveDeflate({ container, level }), chunks, 3);
        const inflate = container === "zlib" ? inflateSync : inflateRawSync;
        for (const [index, { bytes, rawBytes, shrinks }] of results.entries()) {
          expect(inflate(bytes).equals(before[index] as Uint8Array)).toBe(true);
          expect(rawBytes).toBe(before[index]?.length);
          expect(shrinks).toBe(bytes.length < rawBytes);
        }
        expect(results.length).toBe(chunks.length);
        expect(chunks.every((chunk, index) => Buffer.from(chunk).equals(before[index] as Uint8Array))).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test("a chunk that does not shrink says so", async () => {
  const deflate = new AdaptiveDeflate({ container: "zlib" });
  const random = (await encodeAll(new AdaptiveDeflate({ container: "zlib", level: 6 }), [noise(4000)], 1))[0]?.bytes;
  expect((await deflate.encode(random as Uint8Array)).shrinks).toBe(false);
  expect((await deflate.encode(new Uint8Array(0))).shrinks).toBe(false);
  expect((await deflate.encode(new Uint8Array(5000))).shrinks).toBe(true);
});

test("before the first byte nothing is chosen; an empty chunk does not choose", async () => {
  const deflate = new AdaptiveDeflate({ container: "zlib" });
  await deflate.encode(new Uint8Array(0));
  expect(deflate.choice).toBeUndefined();
  expect(deflate.reason).toBe("no data");
  await deflate.encode(ramp(5000));
  expect(deflate.choice?.strategy.name).toMatch(/LZ77/);
  expect(deflate.reason).toMatch(/^(quick LZ77|LZ77 level \d): .* of the probe; cheaper .*$/);
});

test.each([
  ["noise first", noise(4000), ramp(1000)],
  ["ramps first", ramp(1000), noise(4000)],
])("the choice follows the data: %s", async (_, first, second) => {
  const deflate = new AdaptiveDeflate({ container: "zlib" });
  await encodeAll(deflate, Array<Uint8Array>(20).fill(first), 4);
  const before = deflate.choice?.strategy;
  const results = await encodeAll(deflate, Array<Uint8Array>(60).fill(second), 4);
  expect(deflate.choice?.strategy).not.toBe(before);
  expect(deflate.reason).toMatch(/last of \d+ probes/);
  const direct = new AdaptiveDeflate({ container: "zlib" });
  expect(results.at(-1)?.bytes).toEqual((await direct.encode(second)).bytes);
  expect(deflate.choice).toEqual(direct.choice);
});

test("the output depends on the chunks alone, not on timing or look-ahead", async () => {
  const chunks = Array.from({ length: 90 }, (_, i) => (i % 45 < 20 ? noise(2000, i) : ramp(500 + (i % 7))));
  const inputs = [1, 5, 40].map((lookAhead) => encodeAll(new AdaptiveDeflate({ container: "raw" }), chunks, lookAhead));
  const [one, five, forty] = (await Promise.all(inputs)).map((results) =>
    Buffer.concat(results.map(({ bytes }) => bytes)),
  );
  expect(five?.equals(one as Buffer)).toBe(true);
  expect(forty?.equals(one as Buffer)).toBe(true);
});

test("a level that is named is obeyed whatever the data", async () => {
  const bytes = labels(200);
  const sizes = await Promise.all(
    [0, 1, 6, 9].map(
      async (level) => (await new AdaptiveDeflate({ container: "zlib", level }).encode(bytes)).bytes.length,
    ),
  );
  expect(sizes).toEqual([...sizes].toSorted((a, b) => b - a));
  expect(new Set(sizes).size).toBe(4);
  expect(sizes[0]).toBeGreaterThan(bytes.length);
  expect(new AdaptiveDeflate({ container: "zlib", level: 4 }).reason).toBe("LZ77 level 4: asked for");
});

test.each([-1, 10, 2.5, Number.NaN])("a level of %p is refused", (level) => {
  expect(() => new AdaptiveDeflate({ container: "zlib", level })).toThrow(RangeError);
});

test("a chunk that cannot be compressed fails alone", async () => {
  const deflate = new AdaptiveDeflate({ container: "zlib", level: 1 });
  const results = await Promise.allSettled([
    deflate.encode(noise(100)),
    deflate.encode(42 as unknown as Uint8Array),
    deflate.encode(noise(100)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
