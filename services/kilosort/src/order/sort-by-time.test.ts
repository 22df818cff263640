import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { sortByTime } from "./sort-by-time.ts";

const integers = fc.array(fc.integer({ min: -50, max: 3_000_000_000 }));
const doubles = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }));
const close = fc.array(fc.constantFrom(-2, -1, 0, 0.5, 7, 2 ** 40));
const samples = fc.array(fc.integer({ min: 0, max: 5_000 }));

test("sorts like a stable sort, with what belongs to each time", () => {
  fc.assert(
    fc.property(fc.oneof(integers, doubles, close, samples), fc.boolean(), (list, withAmplitudes) => {
      const times = list.map((value) => value + 0);
      const units = Uint32Array.from(times.keys(), (index) => 7 * index);
      const amplitudes = withAmplitudes ? Float64Array.from(times.keys(), (index) => index / 4) : undefined;
      const order = [...times.keys()].toSorted((a, b) => (times[a] as number) - (times[b] as number) || a - b);
      const values = Float64Array.from(times);
      sortByTime({ values, units, amplitudes });
      expect([...values]).toEqual(order.map((index) => times[index]));
      expect([...units]).toEqual(order.map((index) => 7 * index));
      if (amplitudes) expect([...amplitudes]).toEqual(order.map((index) => index / 4));
    }),
  );
});

test("many samples at once", () => {
  const values = Float64Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
  const units = Uint32Array.from(values);
  sortByTime({ values, units, amplitudes: undefined });
  expect(values.every((value, at) => at === 0 || (values[at - 1] as number) <= value)).toBe(true);
  expect(values.every((value, at) => units[at] === value)).toBe(true);
});
