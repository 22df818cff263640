import { expect, test } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { type AnnotationPlan, Annotator } from "./annotator.ts";
import { corners, optionSchema } from "./options.ts";
import { nanIndex } from "./palette.ts";

const plan: AnnotationPlan = {
  width: 200,
  height: 160,
  nmPerPixel: 1,
  textAt: (index) => `t = ${index} s`,
  longestTexts: [0, 100],
};

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is white on a frame of that size: its bounds. */
function drawn(given: Partial<AnnotationPlan>, options: object): { box: Box | undefined; annotator: Annotator } {
  const whole = { ...plan, ...given };
  const annotator = new Annotator(whole, v.parse(optionSchema, options));
  const canvas = { width: whole.width, height: whole.height, pixels: new Uint8Array(whole.width * whole.height) };
  annotator.draw(canvas, 7);
  const places = [...canvas.pixels.keys()].filter((place) => (canvas.pixels[place] as number) > 253);
  const columns = places.map((place) => place % whole.width);
  const rows = places.map((place) => Math.floor(place / whole.width));
  const box = {
    left: Math.min(...columns),
    top: Math.min(...rows),
    right: Math.max(...columns),
    bottom: Math.max(...rows),
  };
  return { box: places.length > 0 ? box : undefined, annotator };
}

test("text and bar stand in their corners, as far from the edges", () => {
  for (const corner of corners) {
    for (const options of [
      { timestampCorner: corner, scaleBarNm: "none" },
      { scaleBarCorner: corner, timestamp: "none" },
    ]) {
      const { box } = drawn(options.timestamp ? { textAt: undefined } : {}, options);
      const { left, top, right, bottom } = box as Box;
      const [fromSide, fromEnd] = corner.endsWith("left") ? [left, 199 - right] : [199 - right, left];
      const fromLevel = corner.startsWith("top") ? top : 159 - bottom;
      // Round letters may go a pixel beyond their line, narrow ones do not fill their width.
      expect([4, 5, 6]).toContain(fromSide);
      expect([4, 5, 6]).toContain(fromLevel);
      expect(fromEnd).toBeGreaterThan(100);
    }
  }
});

test("the same text is drawn alike on every frame, and nothing outside the letters", () => {
  const { annotator } = drawn({}, {});
  const frame = () => {
    const canvas = { width: 200, height: 160, pixels: new Uint8Array(200 * 160).fill(17) };
    annotator.draw(canvas, 3);
    return canvas.pixels;
  };
  expect(frame()).toEqual(frame());
  expect([...new Set(frame())].every((index) => index === 17 || index > nanIndex)).toBe(true);
});

test("letters grow with the frame, and shrink where there is little room", () => {
  const heightOf = (width: number, height: number) => {
    const { box } = drawn({ width, height, nmPerPixel: undefined }, {});
    return (box as Box).bottom - (box as Box).top + 1;
  };
  expect([heightOf(64, 64), heightOf(200, 160), heightOf(512, 512), heightOf(2048, 1024)]).toEqual([8, 8, 21, 43]);
  const { annotator } = drawn({ width: 60, height: 40 }, {});
  expect(annotator.warnings()).toEqual([]);
});

test("on no frame anything but a warning comes of too little room", () => {
  const size = fc.integer({ min: 1, max: 70 });
  fc.assert(
    fc.property(size, size, fc.constantFrom(...corners), (width, height, timestampCorner) => {
      const scaleBarCorner = corners[(corners.indexOf(timestampCorner) + 1) % 4];
      const { annotator } = drawn({ width, height, nmPerPixel: 3 }, { timestampCorner, scaleBarCorner });
      const reasons = annotator.warnings().map(({ reason }) => reason);
      expect(reasons.every((reason) => reason === "ANNOTATION_OMITTED" || reason === "SCALE_BAR_OMITTED")).toBe(true);
      if (width >= 64 && height >= 64) expect(reasons).toEqual([]);
    }),
  );
});
