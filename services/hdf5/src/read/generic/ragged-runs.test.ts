import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { raggedRuns } from "./ragged-runs.ts";

test("every element once, in order, in runs of at most so many", () => {
  const lengths = fc.array(fc.nat(40), { maxLength: 30 });
  fc.assert(
    fc.property(lengths, fc.nat(1000), fc.integer({ min: 1, max: 30 }), (rows, first, most) => {
      const got = rows.map(() => 0);
      let next = first;
      for (const { firstRow, rowLengths, elementOffset } of raggedRuns(rows, first, most)) {
        expect(rowLengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(most);
        expect(firstRow).toBe(elementOffset > 0 ? next - 1 : next);
        expect(elementOffset).toBe(elementOffset > 0 ? got[firstRow - first] : 0);
        for (const [index, length] of rowLengths.entries()) got[firstRow - first + index]! += length;
        next = firstRow + rowLengths.length;
      }
      expect(got).toEqual(rows);
      expect(next).toBe(first + rows.length);
    }),
  );
});
