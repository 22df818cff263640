import { expect, test } from "@jest/globals";
import { asBytes, asElements } from "@sluice/core";
import { halve } from "./pyramid.ts";

test("integers: the mean of 2 x 2, rounded to the nearest, ties to even", () => {
  const image = Uint16Array.of(0, 1, 1, 2, 65535, 65535, 0, 1, 2, 2, 65535, 65534);
  const reduced = halve(asBytes(image), "uint16", { width: 6, height: 2 });
  expect([...asElements("uint16", reduced)]).toEqual([0, 2, 65535]);
  const negative = Int8Array.of(-1, -2, -1, -2, -128, -128, -128, -127);
  const halved = halve(asBytes(negative), "int8", { width: 4, height: 2 });
  expect([...asElements("int8", halved)]).toEqual([-65, -64]);
});

test("odd edges: the mean of the pixels that exist", () => {
  const image = Float32Array.from({ length: 9 }, (_, index) => index);
  const reduced = halve(asBytes(image), "float32", { width: 3, height: 3 });
  expect([...asElements("float32", reduced)]).toEqual([2, 3.5, 6.5, 8]);
  expect([...halve(Uint8Array.of(1, 2, 3), "uint8", { width: 1, height: 3 })]).toEqual([2, 3]);
});

test("NaN pixels are left out of the mean", () => {
  const { NaN: nan } = Number;
  const image = Float64Array.of(nan, 2, nan, nan, 4, nan, nan, nan);
  const reduced = halve(asBytes(image), "float64", { width: 4, height: 2 });
  expect([...asElements("float64", reduced)]).toEqual([3, nan]);
});

test("uint32 sums do not overflow; complex parts are averaged apart; masks go by majority", () => {
  const large = Uint32Array.of(4294967295, 4294967295, 4294967295, 4294967295);
  expect([...asElements("uint32", halve(asBytes(large), "uint32", { width: 2, height: 2 }))]).toEqual([4294967295]);
  const complex = Float32Array.of(1, 10, 3, 30);
  expect([...asElements("complex64", halve(asBytes(complex), "complex64", { width: 2, height: 1 }))]).toEqual([2, 20]);
  const mask = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 1);
  expect([...halve(mask, "bool", { width: 4, height: 2 })]).toEqual([1, 0]);
});
