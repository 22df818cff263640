import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { pieceBytes, WriteBuffer } from "./write-buffer.ts";

const batchBytes = 2 * pieceBytes;

test("passes any sequence of writes on without a change, in order, one call at a time", async () => {
  const sizes = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
    fc.integer({ min: 0, max: 3 * pieceBytes }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { maxLength: 20 }), async (lengths) => {
      const sent: Uint8Array[] = [];
      const longest = Math.max(0, ...lengths);
      let end = 0;
      let under = 0;
      const buffer = new WriteBuffer(async (pieces, offset) => {
        expect(offset).toBe(end);
        expect(++under).toBe(1);
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
        expect(bytes).toBeLessThan(batchBytes + Math.max(longest, pieceBytes));
        end += bytes;
        await Promise.resolve();
        sent.push(...pieces);
        under -= 1;
      }, batchBytes);
      for (const [index, length] of lengths.entries()) await buffer.append(new Uint8Array(length).fill(index + 1));
      await buffer.end();
      const model = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));
      expect(Buffer.concat(sent).equals(model)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("joins small writes, keeps large ones as they are, and gathers both until a call pays", async () => {
  const calls: (readonly Uint8Array[])[] = [];
  const buffer = new WriteBuffer(async (pieces) => void calls.push(pieces), batchBytes);
  for (let written = 0; written < 1.5 * pieceBytes; written += 4096) await buffer.append(new Uint8Array(4096));
  expect(calls).toEqual([]);
  const large = new Uint8Array(pieceBytes);
  await buffer.append(large);
  expect(calls.map((pieces) => pieces.map((piece) => piece.length))).toEqual([
    [pieceBytes, pieceBytes / 2, pieceBytes],
  ]);
  expect(calls[0]?.[2]).toBe(large);
});

test("shows the whole output while it is a single piece", async () => {
  const buffer = new WriteBuffer(async () => {}, batchBytes);
  expect(buffer.whole()).toEqual(new Uint8Array(0));
  await buffer.append(Uint8Array.of(1, 2));
  expect(buffer.whole()).toEqual(Uint8Array.of(1, 2));
  await buffer.append(new Uint8Array(pieceBytes - 2));
  expect(buffer.whole()).toHaveLength(pieceBytes);
  await buffer.append(Uint8Array.of(3));
  expect(buffer.whole()).toBeUndefined();
});

test("throws a failure that happened on the way, at the latest at the end", async () => {
  const full = new Error("full");
  const buffer = new WriteBuffer(() => Promise.reject(full), pieceBytes);
  await buffer.append(new Uint8Array(pieceBytes + 1));
  await buffer.idle();
  await expect(buffer.end()).rejects.toBe(full);
});
