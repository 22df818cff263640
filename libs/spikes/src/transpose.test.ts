import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { transposed } from "./index.ts";

test("rows become columns, all of them or some", () => {
  const sizes = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(sizes, sizes, fc.constantFrom(1, 2, 4, 8), fc.nat(6), fc.nat(7), (rows, columns, item, from, most) => {
      const bytes = Uint8Array.from({ length: rows * columns * item }, (_, index) => index);
      const start = Math.min(from, columns - 1);
      const length = Math.min(most, columns - start);
      const expected = (first: number, count: number) =>
        Array.from({ length: count * rows }, (_, index) => {
          const [column, row] = [first + Math.floor(index / rows), index % rows];
          return Array.from({ length: item }, (_value, byte) => ((row * columns + column) * item + byte) % 256);
        }).flat();
      expect(Array.from(transposed(bytes, rows, columns, item))).toEqual(expected(0, columns));
      const some = { start, length };
      expect(Array.from(transposed(bytes, rows, columns, item, some))).toEqual(expected(start, length));
    }),
  );
});
