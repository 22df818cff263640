import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { pieceBytes, WriteBuffer } from "./write-buffer.ts";

test("joins and passes on any sequence of writes without a change, in order, in pieces of at most 1 MiB", async () => {
  const sizes = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    fc.integer({ min: 0, max: 3 * pieceBytes }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { maxLength: 12 }), async (lengths) => {
      const sent: Buffer[] = [];
      const longestWrite = Math.max(pieceBytes, ...lengths);
      let end = 0;
      let under = 0;
      const buffer = new WriteBuffer(async (bytes, offset) => {
        expect(offset).toBe(end);
        expect(++under).toBe(1);
        expect(bytes.length).toBeLessThanOrEqual(longestWrite);
        end += bytes.length;
        await Promise.resolve();
        sent.push(Buffer.from(bytes));
        under -= 1;
      });
      const reused = new Uint8Array(3 * pieceBytes);
      for (const [index, length] of lengths.entries()) {
        const bytes = reused.fill(index + 1, 0, length).subarray(0, length);
        await buffer.append(bytes);
        bytes.fill(0);
      }
      await buffer.end();
      const model = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));
      expect(Buffer.concat(sent).equals(model)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("sends small writes in few calls and large ones without a copy", async () => {
  const calls: Uint8Array[] = [];
  const buffer = new WriteBuffer(async (bytes) => void calls.push(bytes));
  for (let written = 0; written < 2.5 * pieceBytes; written += 4096) await buffer.append(new Uint8Array(4096));
  expect(calls.map((call) => call.length)).toEqual([pieceBytes, pieceBytes]);
  const large = new Uint8Array(pieceBytes);
  await buffer.append(large);
  expect(calls[2]?.length).toBe(pieceBytes / 2);
  expect(calls[3]).toBe(large);
});

test("shows the whole output until something is sent", async () => {
  const buffer = new WriteBuffer(async () => {});
  expect(buffer.whole()).toEqual(new Uint8Array(0));
  await buffer.append(Uint8Array.of(1, 2));
  expect(buffer.whole()).toEqual(Uint8Array.of(1, 2));
  await buffer.append(new Uint8Array(pieceBytes));
  expect(buffer.whole()).toBeUndefined();
});

test("throws a failure that happened on the way, at the latest at the end", async () => {
  const full = new Error("full");
  const buffer = new WriteBuffer(() => Promise.reject(full));
  for (let written = 0; written < pieceBytes; written += 4096) await buffer.append(new Uint8Array(4096));
  await buffer.idle();
  await expect(buffer.end()).rejects.toBe(full);
});
