import { expect, test } from "@jest/globals";
import { npyHeader } from "./write-header.ts";

test("a header is as numpy.lib.format writes it", () => {
  const header = Buffer.from(npyHeader("<f4", [4, 12, 10]));
  expect(header.length).toBe(128);
  expect(header.subarray(0, 10)).toEqual(Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"));
  expect(header.toString("latin1", 10)).toMatch(
    /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(4, 12, 10\), \} +\n$/,
  );
});

test.each([
  [[], "()"],
  [[3], "(3,)"],
  [[0, 2], "(0, 2)"],
])("the shape %j is %s in Python", (shape, text) => {
  expect(Buffer.from(npyHeader("|u1", shape)).toString("latin1")).toContain(`'shape': ${text}, }`);
});

test("room for the longest axis makes every header equally long", () => {
  const rest = Array.from({ length: 31 }, () => 10);
  const lengths = [0, 1, 99_999_999, Number.MAX_SAFE_INTEGER].map(
    (length) => npyHeader("<c16", [length, ...rest], Number.MAX_SAFE_INTEGER).length,
  );
  expect(new Set(lengths).size).toBe(1);
  expect((lengths[0] as number) % 64).toBe(0);
});
