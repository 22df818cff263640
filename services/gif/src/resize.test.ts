import { expect, test } from "@jest/globals";
import { nanIndex } from "./palette.ts";
import { resize } from "./resize.ts";

const small = { width: 4, height: 2 };
const large = { width: 12, height: 6 };

test("bicubic between colors, never beyond them", async () => {
  const edge = Uint8Array.of(0, 0, 249, 249, 0, 0, 249, 249);
  const pixels = await resize(edge, small, large, true);
  expect(pixels).toHaveLength(72);
  expect(Math.max(...pixels)).toBe(249);
  expect([pixels[0], pixels[11]]).toEqual([0, 249]);
  expect(new Set(pixels).size).toBeGreaterThan(2);
});

test("NaN keeps its place and does not bleed", async () => {
  const pixels = await resize(Uint8Array.of(100, 100, nanIndex, 100, 100, 100, 100, 100), small, large, true);
  const rows = Array.from({ length: 6 }, (_, row) => [...pixels.subarray(12 * row, 12 * row + 12)]);
  const hole = [100, 100, 100, 100, 100, 100, nanIndex, nanIndex, nanIndex, 100, 100, 100];
  expect(rows).toEqual([hole, hole, hole, Array(12).fill(100), Array(12).fill(100), Array(12).fill(100)]);
});

test("masks are not smoothed", async () => {
  const pixels = await resize(Uint8Array.of(0, 249, 0, 249, 249, 0, 249, 0), small, large, false);
  expect(new Set(pixels)).toEqual(new Set([0, 249]));
});
