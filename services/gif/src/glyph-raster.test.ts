import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { rasterize } from "./glyph-raster.ts";
import { nanIndex } from "./palette.ts";
import { drawable, Font } from "./text.ts";

test("a box covers each pixel by its share", () => {
  const box = rasterize("M0.5 1.25L2 1.25L2 3L0.5 3Z", 1);
  expect({ ...box, shares: [...box.shares] }).toEqual({
    left: 0,
    top: 1,
    width: 2,
    height: 2,
    shares: [0.375, 0.75, 0.5, 1],
  });
});

test("a hole is left out, whichever is drawn first", () => {
  const ring = rasterize("M0 0L3 0L3 3L0 3M1 1L1 2L2 2L2 1", 1);
  expect([...ring.shares]).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1]);
});

test("a triangle covers its area", () => {
  const coordinate = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(fc.array(coordinate, { minLength: 6, maxLength: 6 }), (points) => {
      const [ax, ay, bx, by, cx, cy] = points as [number, number, number, number, number, number];
      const { shares } = rasterize(`M${ax} ${ay}L${bx} ${by}L${cx} ${cy}Z`.replace(/e-\d+/g, ""), 1);
      const plain = [ax, ay, bx, by, cx, cy].map((value) => Number(String(value).replace(/e-\d+/g, "")));
      const [px, py, qx, qy, rx, ry] = plain as [number, number, number, number, number, number];
      const area = Math.abs((qx - px) * (ry - py) - (rx - px) * (qy - py)) / 2;
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(area, 2);
    }),
  );
});

test("digits are equally wide, so that numbers do not jump", () => {
  for (const size of [8, 11, 17, 29]) {
    const font = new Font(size);
    expect(new Set([..."0123456789"].map((digit) => font.widthOf(digit))).size).toBe(1);
  }
});

test("every character but the space is drawn, in black, greys and white alone, with black around", () => {
  const font = new Font(14);
  for (const character of drawable) {
    const { pixels, width, height } = font.draw(character);
    const used = new Set(pixels);
    expect([...used].every((value) => value === 0 || value > nanIndex)).toBe(true);
    if (character === " ") continue;
    expect(used.has(255)).toBe(true);
    for (const [place, value] of pixels.entries()) {
      if (value < 254) continue;
      const [x, y] = [place % width, Math.floor(place / width)];
      expect(x > 0 && y > 0 && x < width - 1 && y < height - 1).toBe(true);
      expect([place - 1, place + 1, place - width, place + width].every((near) => pixels[near] !== 0)).toBe(true);
    }
  }
});
