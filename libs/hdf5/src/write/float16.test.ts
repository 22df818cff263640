import { expect, test } from "@jest/globals";
import { float16Bits } from "./float16.ts";

function value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

test("every half comes back as it was", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const number = value(bits);
    if (!Number.isNaN(number) && float16Bits(number) !== bits) throw new Error(`${bits} became ${float16Bits(number)}`);
  }
  expect(float16Bits(Number.NaN)).toBe(0x7e00);
});

test.each([
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  // A little above halfway: by way of float32 it would be rounded to halfway first, and then down.
  [1 + 2 ** -11 + 2 ** -40, 0x3c01],
  [2 ** -25, 0],
  [2 ** -25 * 1.000_001, 1],
  [65_519.9, 0x7bff],
  [65_520, 0x7c00],
  [-1e9, 0xfc00],
  [2047.5, 0x6800],
  [-0, 0x8000],
])("%d is rounded to the nearest, ties to even", (number, bits) => {
  expect(float16Bits(number)).toBe(bits);
});
