import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ascendingOrder } from "./ascending-order.ts";

const integers = fc.array(fc.integer({ min: -50, max: 3_000_000_000 }));
const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }));
const close = fc.array(fc.constantFrom(-2, -1, 0, 0.5, 7, 2 ** 40));

test("orders like a stable sort", () => {
  fc.assert(
    fc.property(fc.oneof(integers, doubles, close), (list) => {
      const values = Float64Array.from(list, (value) => value + 0);
      const expected = [...values.keys()].toSorted((a, b) => (values[a] as number) - (values[b] as number) || a - b);
      expect([...ascendingOrder(values)]).toEqual(expected);
    }),
  );
});

test("many values at once", () => {
  const values = Float64Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
  const order = ascendingOrder(values);
  expect(order.every((index, at) => at === 0 || values[order[at - 1] as number]! <= values[index]!)).toBe(true);
});
