import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { openSpool } from "./spool.ts";
import { SpooledPart } from "./spooled-part.ts";

async function read(part: SpooledPart, start?: number, end?: number): Promise<number[]> {
  const bytes: number[] = [];
  for await (const piece of part.pieces(start, end)) bytes.push(...piece);
  return bytes;
}

test("parts that grow in turn give back their own bytes, whole or a range of them", async () => {
  const pieces = fc.array(fc.record({ part: fc.nat(2), length: fc.oneof(fc.nat(300), fc.integer({ max: 90_000 })) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(1000), fc.nat(1000), async (all, one, other) => {
      const spool = openSpool();
      const parts = [undefined, 0, 1000].map((gatherBytes) => new SpooledPart(spool, gatherBytes));
      const expected: number[][] = [[], [], []];
      for (const [index, { part, length }] of all.entries()) {
        const bytes = new Uint8Array(Math.max(0, length)).fill(index + 1);
        await parts[part]!.append(bytes);
        for (const byte of bytes) expected[part]!.push(byte);
        bytes.fill(0);
      }
      for (const [index, part] of parts.entries()) {
        const values = expected[index]!;
        expect(part.length).toBe(values.length);
        expect(await read(part)).toEqual(values);
        const [start, end] = [one, other].map((n) => Math.floor((n / 1000) * values.length)).toSorted((a, b) => a - b);
        expect(await read(part, start, end)).toEqual(values.slice(start, end));
      }
      await spool.close();
    }),
    { numRuns: 30 },
  );
});

test("little that was appended needs no file", async () => {
  const spool = openSpool();
  const part = new SpooledPart(spool);
  await part.append(Uint8Array.of(1, 2));
  await part.append(Uint8Array.of(3));
  expect(spool.length).toBe(0);
  expect(await read(part)).toEqual([1, 2, 3]);
  await spool.close();
});
