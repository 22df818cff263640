import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { lengthLabel, scaleBarOf } from "./scale-bar.ts";

test("a given length, to the nearest pixel", () => {
  expect(scaleBarOf(50, 1.171875, 128)).toEqual({ lengthNm: 50, lengthPixels: 43, label: "50 nm" });
  expect(scaleBarOf(0.4, 1, 128)).toBeUndefined();
});

test("automatic lengths are 1, 2 or 5, close to a quarter of the width, never more than half", () => {
  expect(scaleBarOf("auto", 1.171875, 128)?.lengthNm).toBe(50);
  expect(scaleBarOf("auto", 0.5, 200)?.lengthNm).toBe(20);
  expect(scaleBarOf("auto", 10, 512)?.label).toBe("1 µm");
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.integer({ min: 8, max: 5000 }), (pixel, width) => {
      const bar = scaleBarOf("auto", pixel, width);
      expect(bar?.label).toMatch(/^(0\.0*)?[125]0* (pm|nm|µm|mm)$/);
      expect(bar?.lengthPixels).toBeLessThanOrEqual(Math.ceil(width / 2));
      expect(bar?.lengthPixels).toBeGreaterThanOrEqual(Math.floor(width / 8));
    }),
  );
});

test("labels", () => {
  expect([0.2, 0.05, 1, 500, 1000, 2500, 1e6, 2e7].map(lengthLabel)).toEqual([
    "200 pm",
    "50 pm",
    "1 nm",
    "500 nm",
    "1 µm",
    "2.5 µm",
    "1 mm",
    "20 mm",
  ]);
});
