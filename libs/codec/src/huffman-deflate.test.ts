import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, deflateRawSync, inflateRawSync, inflateSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";
import fc from "fast-check";
import { huffmanDeflate } from "./huffman-deflate.ts";
import { shuffle } from "./shuffle.ts";
import { labels, noise, ramp, randomNumbers } from "./testing/samples.ts";

/** Deflates and inflates in both containers. Returns the size of the raw stream. */
async function roundTrip(bytes: Uint8Array): Promise<number> {
  const [zlib, raw] = await Promise.all([huffmanDeflate("runs", "zlib", bytes), huffmanDeflate("runs", "raw", bytes)]);
  expect(inflateSync(zlib).equals(bytes)).toBe(true);
  expect(inflateRawSync(raw).equals(bytes)).toBe(true);
  expect(zlib.length).toBe(raw.length + 6);
  return raw.length;
}

function zlibSize(bytes: Uint8Array): number {
  return deflateRawSync(bytes, { level: 1, strategy: constants.Z_HUFFMAN_ONLY, memLevel: 9 }).length;
}

/** Every byte value; 28 of them as often as the Fibonacci numbers say, which calls for the longest codes of all. */
function fibonacci(): Uint8Array {
  const counts = Array.from({ length: 256 }, () => 1);
  for (let value = 2; value < 28; value++) counts[value] = (counts[value - 1] ?? 0) + (counts[value - 2] ?? 0);
  const bytes = Uint8Array.from(counts.flatMap((count, value) => Array<number>(count).fill(value)));
  const random = randomNumbers(5);
  for (let last = bytes.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [bytes[last], bytes[other]] = [bytes[other] ?? 0, bytes[last] ?? 0];
  }
  return bytes;
}

const spread = fc.tuple(fc.nat(70_000), fc.integer({ min: 1, max: 256 }), fc.nat(8), fc.nat());

test("any bytes come back from zlib as they were", async () => {
  await fc.assert(
    fc.asyncProperty(spread, async ([length, values, skew, seed]) => {
      const random = randomNumbers(seed);
      await roundTrip(Uint8Array.from({ length }, () => random() ** skew * values));
    }),
    { numRuns: 60 },
  );
});

/** Bytes of random kind, and runs of items of 1 to 9 bytes. */
const stretch = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(1100))
    .map(([item, length]) => Uint8Array.from({ length }, (_, i) => item[i % item.length] ?? 0)),
);

test("runs among other bytes come back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stretch, { maxLength: 80 }), async (stretches) => {
      await roundTrip(Buffer.concat(stretches));
    }),
    { numRuns: 200 },
  );
});

test.each([1, 2, 4, 8])(
  "runs of every length come back, next to nothing is left of them: items of %p bytes",
  async (size) => {
    const runs = Array.from({ length: 560 }, (_, length) => Buffer.alloc(length, noise(4, length).subarray(0, size)));
    const bytes = Buffer.concat(runs);
    expect(await roundTrip(bytes)).toBeLessThan(bytes.length / 12);
    expect(await roundTrip(Buffer.alloc(1_000_000, noise(4).subarray(0, size)))).toBeLessThan(2500);
  },
);

test("short bytes of every kind come back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => void (await roundTrip(bytes))),
    { numRuns: 200 },
  );
});

test.each([
  ["none", new Uint8Array(0)],
  ["one", Uint8Array.of(255)],
  ["one value", new Uint8Array(100_000).fill(255)],
  ["two values", noise(50_000).map((value) => value & 1)],
  ["every value equally often", Uint8Array.from({ length: 65_536 }, (_, i) => i)],
  ["counts of Fibonacci", fibonacci()],
  ["what does not shrink", new Uint8Array(randomBytes(1_000_003))],
  ["noise", noise(262_144)],
  ["noise, shuffled", shuffle(noise(250_000), 2)],
  ["labels", labels(400)],
  ["ramp", ramp(60_000)],
  ["two parts and one byte", noise(1024 * 1024 + 1).subarray(1)],
])("is as small as zlib's Huffman coding: %s", async (_, bytes) => {
  expect(await roundTrip(bytes)).toBeLessThanOrEqual(zlibSize(bytes) * 1.005 + 3);
});

test("what does not shrink grows by 6 bytes in each 32 KiB at most", async () => {
  for (const length of [1, 1000, 65_535, 65_536, 3_000_000]) {
    expect(await roundTrip(randomBytes(length))).toBeLessThanOrEqual(length + 6 * Math.ceil(length / 32_768) + 16);
  }
});

test("gives the same bytes every time, whatever else is at work, and leaves the input alone", async () => {
  const inputs = Array.from({ length: 30 }, (_, i) => noise(20_000 + 977 * i, i));
  const before = Buffer.concat(inputs);
  const together = await Promise.all(inputs.map((input) => huffmanDeflate("runs", "zlib", input)));
  const inTurn: Uint8Array[] = [];
  for (const input of inputs) inTurn.push(await huffmanDeflate("runs", "zlib", input));
  expect(Buffer.concat(inTurn).equals(Buffer.concat(together))).toBe(true);
  expect(Buffer.concat(inputs).equals(before)).toBe(true);
});

test("works inside a bundle, and does not hold the process up", async () => {
  const resolveDir = dirname(fileURLToPath(import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { huffmanDeflate } from "./huffman-deflate.ts";
        huffmanDeflate("runs", "zlib", Buffer.alloc(3000, "abc")).then((bytes) => process.stdout.write(Buffer.from(bytes)));
      `,
      resolveDir,
      loader: "ts",
    },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    minify: true,
    keepNames: true,
  });
  const input = outputFiles[0]?.text;
  const run = spawnSync(process.execPath, ["--input-type=commonjs", "-"], { input, timeout: 60_000 });
  expect(run.stderr.toString()).toBe("");
  expect(run.status).toBe(0);
  expect(inflateSync(run.stdout).equals(Buffer.alloc(3000, "abc"))).toBe(true);
});
