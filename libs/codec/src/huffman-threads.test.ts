import { inflateRawSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { HuffmanThread, partBytes } from "./huffman-thread.ts";
import { HuffmanThreads } from "./huffman-threads.ts";
import { noise } from "./testing/samples.ts";

const whole = { search: false, last: true, before: 0, after: 0 };
/** A module of WebAssembly that has nothing in it: the thread ends as soon as it is asked for anything. */
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

test("a thread that ends rejects what it was given and all that follows", async () => {
  const thread = new HuffmanThread(empty);
  const results = await Promise.allSettled([thread.deflate(noise(10), whole), thread.deflate(noise(10), whole)]);
  for (const result of results) {
    expect(result).toMatchObject({ status: "rejected", reason: { message: "The thread that compresses ended." } });
    expect((result as PromiseRejectedResult).reason.cause.message).toMatch(/encode is not a function/);
  }
  expect(thread.alive).toBe(false);
  expect(thread.underway).toBe(0);
  await expect(thread.deflate(noise(10), whole)).rejects.toThrow("The thread that compresses ended.");
});

test("a thread that ended is replaced", async () => {
  const codes = [empty, undefined];
  let started = 0;
  const threads = new HuffmanThreads(1, () => new HuffmanThread(codes[started++]));
  await expect(threads.deflate(noise(10), whole)).rejects.toThrow("The thread that compresses ended.");
  const { bytes } = await threads.deflate(noise(1000), whole);
  expect(inflateRawSync(bytes)).toEqual(Buffer.from(noise(1000)));
  expect(started).toBe(2);
});

test("threads start at need, up to the limit, and the rest waits for room", async () => {
  let started = 0;
  const threads = new HuffmanThreads(2, () => {
    started += 1;
    return new HuffmanThread();
  });
  for (let i = 0; i < 3; i++) await threads.deflate(noise(100, i), whole);
  expect(started).toBe(1);
  const inputs = Array.from({ length: 20 }, (_, i) => noise(1000, i));
  const parts = await Promise.all(inputs.map((input) => threads.deflate(input, whole)));
  for (const [index, { bytes }] of parts.entries())
    expect(inflateRawSync(bytes)).toEqual(Buffer.from(inputs[index] ?? []));
  expect(started).toBe(2);
});

test("a thread refuses more than its memory holds", async () => {
  const thread = new HuffmanThread();
  await expect(thread.deflate(new Uint8Array(partBytes + 1), whole)).rejects.toThrow(RangeError);
  const parts = [1, 2, 3].map(() => thread.deflate(new Uint8Array(partBytes), whole));
  const results = await Promise.allSettled(parts);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

test("room is left around a part, for what a container puts there", async () => {
  const thread = new HuffmanThread();
  const plain = await thread.deflate(noise(1000), whole);
  const { bytes, adler } = await thread.deflate(noise(1000), { ...whole, before: 2, after: 4 });
  expect(bytes.length).toBe(plain.bytes.length + 6);
  expect(Buffer.from(bytes.subarray(2, -4))).toEqual(plain.bytes);
  expect(adler).toBe(plain.adler);
});
