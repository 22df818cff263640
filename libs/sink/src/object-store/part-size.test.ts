import { expect, test } from "@jest/globals";
import { firstPartBytes, maximumParts, partBytes } from "./part-size.ts";

test("parts are of one size to 15 GiB, grow later, and 10,000 of them hold 5 TiB", () => {
  expect([1, 2, 2000, 2001, 4001, 6001, 8001, maximumParts].map((part) => partBytes(part) / 2 ** 20)).toEqual([
    8, 8, 8, 32, 128, 512, 2048, 2048,
  ]);
  const whole = Array.from({ length: maximumParts }, (_, index) => partBytes(index + 1)).reduce((a, b) => a + b);
  expect(whole).toBeGreaterThanOrEqual(5 * 2 ** 40);
  expect(firstPartBytes).toBeGreaterThanOrEqual(5 * 2 ** 20);
});
