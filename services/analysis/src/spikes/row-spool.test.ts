import { expect, test } from "@jest/globals";
import { openSpool } from "@sluice/sink";
import * as fc from "fast-check";
import { RowSpool } from "./row-spool.ts";

test("rows of two spools on one disk come back in order, short and long ones", async () => {
  const lengths = fc.array(fc.tuple(fc.nat(1), fc.oneof(fc.nat(20), fc.integer({ min: 100_000, max: 150_000 }))), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(lengths, async (all) => {
      const spool = openSpool();
      const kept = [new RowSpool(spool), new RowSpool(spool)] as const;
      const rowsOf = (place: number) =>
        all.flatMap(([one, length], index) => (one === place ? [new Float64Array(length).fill(index + 0.5)] : []));
      for (const [index, [place, length]] of all.entries()) {
        const row = new Float64Array(length).fill(index + 0.5);
        await kept[place as 0 | 1].append(row);
        row.fill(0);
      }
      for (const [place, rows] of kept.entries()) {
        const expected = rowsOf(place);
        expect(rows.lengths).toEqual(expected.map((row) => row.length));
        let index = 0;
        for await (const row of rows.rows()) expect(Buffer.compare(bytesOf(row), bytesOf(expected[index++]!))).toBe(0);
        expect(index).toBe(expected.length);
      }
      await spool.close();
    }),
    { numRuns: 20 },
  );
});

function bytesOf(row: Float64Array): Buffer {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength);
}
