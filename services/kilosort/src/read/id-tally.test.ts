import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { IdTally } from "./id-tally.ts";

test("every id is counted, whatever it is", () => {
  const id = fc.oneof(
    fc.nat(2000),
    fc.constantFrom(-1, 0.5, 1023, 1024, 2 ** 20 - 1, 2 ** 20, 2 ** 32, 2 ** 53, Number.NaN),
  );
  fc.assert(
    fc.property(fc.array(fc.array(id)), (lists) => {
      const tally = new IdTally();
      for (const list of lists) tally.take(Float64Array.from(list));
      const expected = new Map<number, number>();
      for (const found of lists.flat()) expected.set(found, (expected.get(found) ?? 0) + 1);
      expect(tally.counts()).toEqual(expected);
    }),
  );
});
