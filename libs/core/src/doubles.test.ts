import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { asBytes } from "./data-type.ts";
import { asDoubles } from "./doubles.ts";

test("integers of 64 bits become the nearest double", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      const signed = BigInt64Array.from(values);
      expect([...asDoubles("int64", asBytes(signed))]).toEqual(values.map(Number));
      const unsigned = new BigUint64Array(signed.buffer);
      expect([...asDoubles("uint64", asBytes(unsigned))]).toEqual([...unsigned].map(Number));
    }),
  );
});

test("other numbers as they are; doubles without a copy", () => {
  expect([...asDoubles("int8", Uint8Array.of(0, 1, 255))]).toEqual([0, 1, -1]);
  expect([...asDoubles("float16", asBytes(Uint16Array.of(0x3c00, 0xc000)))]).toEqual([1, -2]);
  expect([...asDoubles("float32", asBytes(Float32Array.of(0.5)))]).toEqual([0.5]);
  const doubles = Float64Array.of(0.1, -0);
  expect(asDoubles("float64", asBytes(doubles)).buffer).toBe(doubles.buffer);
});
