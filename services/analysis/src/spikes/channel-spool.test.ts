import { expect, test } from "@jest/globals";
import { openSpool, type Spool } from "@sluice/sink";
import * as fc from "fast-check";
import { ChannelSpool } from "./channel-spool.ts";

async function valuesOf(kept: ChannelSpool, channel: number): Promise<number[]> {
  const values: number[] = [];
  for await (const piece of kept.read(channel)) for (const value of piece) values.push(value);
  return values;
}

/** A spool that counts what reaches the disk. */
function counting(): Spool & { bytes: number } {
  const spool = openSpool();
  const counted = {
    bytes: 0,
    get length() {
      return spool.length;
    },
    append: (bytes: Uint8Array) => {
      counted.bytes += bytes.length;
      return spool.append(bytes);
    },
    read: spool.read.bind(spool),
    readInto: spool.readInto.bind(spool),
    close: spool.close.bind(spool),
  };
  return counted;
}

test("each channel comes back in order, from memory and from the disk", async () => {
  const counts = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 400_000 }));
  const puts = fc.array(fc.record({ channel: fc.integer({ min: 0, max: 2 }), length: counts }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(puts, fc.constantFrom(Float32Array, Float64Array), async (all, Elements) => {
      const kept = new ChannelSpool(3, Elements);
      try {
        const expected = [0, 1, 2].map(() => [] as { first: number; length: number }[]);
        let next = 0;
        for (const { channel, length } of all) {
          const first = next;
          kept.put(
            channel,
            Float64Array.from({ length }, (_, index) => first + index),
          );
          expected[channel]?.push({ first, length });
          next += length;
          await kept.settle();
        }
        await kept.settle(true);
        for (const [channel, runs] of expected.entries()) {
          const found = await valuesOf(kept, channel);
          // Whole numbers below 2^24 are the same in float32.
          let at = 0;
          let wrong = 0;
          for (const run of runs)
            for (let index = 0; index < run.length; index++) if (found[at++] !== run.first + index) wrong++;
          expect([found.length, wrong]).toEqual([at, 0]);
        }
      } finally {
        await kept.close();
      }
    }),
    { numRuns: 10 },
  );
});

test("float32 rounds, float64 does not", async () => {
  for (const [Elements, expected] of [
    [Float32Array, Math.fround(0.1)],
    [Float64Array, 0.1],
  ] as const) {
    const kept = new ChannelSpool(1, Elements);
    kept.put(0, Float64Array.of(0.1));
    expect(await valuesOf(kept, 0)).toEqual([expected]);
    await kept.close();
  }
});

test("channels that are dropped one after the other need no disk, however many there are", async () => {
  const spool = counting();
  const kept = new ChannelSpool(40, Float64Array, () => spool);
  const values = Float64Array.from({ length: 2 ** 17 }, (_, index) => index);
  for (let channel = 0; channel < 40; channel++) {
    // 8.5 MiB a channel, so that pages hold the end of one and the beginning of the next.
    for (let part = 0; part < 8; part++) kept.put(channel, values);
    kept.put(channel, values.subarray(2 ** 16));
    let count = 0;
    for await (const piece of kept.read(channel)) count += piece.length;
    expect(count).toBe(8.5 * 2 ** 17);
    await kept.drop(channel);
    expect(await valuesOf(kept, channel)).toEqual([]);
  }
  expect(spool.bytes).toBe(0);
  await kept.close();
});

test("what is beyond the memory goes to the disk, and a full disk is told", async () => {
  const spool = counting();
  const kept = new ChannelSpool(1, Float64Array, () => spool);
  const values = new Float64Array(2 ** 17);
  for (let page = 0; page < 18; page++) kept.put(0, values);
  await kept.settle(true);
  expect(spool.bytes).toBe(2 * 2 ** 20);
  await kept.close();

  const fullDisk = { ...counting(), append: () => Promise.reject(new Error("full")) };
  const full = new ChannelSpool(1, Float64Array, () => fullDisk);
  for (let page = 0; page < 18; page++) full.put(0, values);
  await expect(full.settle(true)).rejects.toThrow("full");
  await full.close();
});

test("the disk is given back when nothing waits any more", async () => {
  const opened: ReturnType<typeof counting>[] = [];
  const kept = new ChannelSpool(2, Float64Array, () => {
    const spool = counting();
    opened.push(spool);
    return spool;
  });
  const page = Float64Array.from({ length: 2 ** 17 }, (_, index) => index);
  for (let round = 0; round < 3; round++) {
    for (const channel of [0, 1]) for (let part = 0; part < 12; part++) kept.put(channel, page);
    await kept.settle(true);
    await kept.drop(0);
    let [count, wrong] = [0, 0];
    for await (const piece of kept.read(1))
      for (const value of piece) if (value !== page[count++ % page.length]) wrong++;
    expect([count, wrong]).toEqual([12 * page.length, 0]);
    await kept.drop(1);
  }
  expect(opened.map(({ bytes }) => bytes > 0)).toEqual([true, true, true, false]);
  for (const spool of opened.slice(0, 3)) await expect(spool.read(0, 1)).rejects.toThrow("closed");
  await kept.close();
});
