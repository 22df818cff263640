import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Box, boxesOverlap, elementCount } from "./box.ts";
import { Coverage } from "./coverage.ts";
import { gridCells } from "./grid.ts";

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

/** Bounds at any offset, and parts of any shape inside them. */
const scenes = lengths.chain((shape) => {
  const offset = shape.map((_, axis) => axis * 5);
  const range = (length: number, axis: number) =>
    fc
      .tuple(fc.integer({ min: 0, max: length - 1 }), fc.integer({ min: 1, max: length }))
      .map(([start, size]) => [start + (offset[axis] as number), Math.min(size, length - start)] as const);
  const part = fc.tuple(...shape.map(range)).map((ranges) => ({
    offset: ranges.map(([start]) => start),
    shape: ranges.map(([, size]) => size),
  }));
  return fc.record({ bounds: fc.constant({ offset, shape }), parts: fc.array(part, { maxLength: 25 }) });
});

test("takes disjoint parts of any shape, refuses any other, and knows what is missing", () => {
  const property = fc.property(scenes, ({ bounds, parts }) => {
    const coverage = new Coverage(bounds);
    const taken: Box[] = [];
    for (const part of parts) {
      const free = !taken.some((other) => boxesOverlap(other, part));
      expect(coverage.mark(part)).toBe(free);
      if (free) taken.push(part);
    }
    const missing = [...coverage.missing()];
    const boxes = [...taken, ...missing];
    for (const [index, box] of boxes.entries()) {
      expect(boxes.slice(index + 1).some((other) => boxesOverlap(other, box))).toBe(false);
    }
    const count = boxes.reduce((sum, box) => sum + elementCount(box.shape), 0);
    expect(count).toBe(elementCount(bounds.shape));
    expect(coverage.complete).toBe(missing.length === 0);
    const starts = missing.map((box) => box.offset[0] as number);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });
  fc.assert(property, { numRuns: 500 });
});

test("is complete when the last line of a large frame has come", () => {
  const bounds = { offset: [7, 0, 0], shape: [1, 5_000, 8_000] };
  const coverage = new Coverage(bounds);
  const lines = [...gridCells(bounds, [1, 1, 8_000])];
  for (const line of lines.slice(0, -1)) expect(coverage.mark(line)).toBe(true);
  expect(coverage.complete).toBe(false);
  expect([...coverage.missing()]).toEqual([{ offset: [7, 4_999, 0], shape: [1, 1, 8_000] }]);
  expect(coverage.mark({ offset: [7, 4_998, 3], shape: [1, 2, 1] })).toBe(false);
  expect(coverage.mark(lines.at(-1) as Box)).toBe(true);
  expect(coverage.complete).toBe(true);
});

test("names what is missing by few boxes, however fine the parts were", () => {
  const coverage = new Coverage({ offset: [0, 0, 0], shape: [4, 3_000, 1_000] });
  expect(coverage.mark({ offset: [1, 1_501, 333], shape: [1, 1, 1] })).toBe(true);
  expect([...coverage.missing()]).toEqual([
    { offset: [0, 0, 0], shape: [1, 3_000, 1_000] },
    { offset: [1, 0, 0], shape: [1, 1_501, 1_000] },
    { offset: [1, 1_501, 0], shape: [1, 1, 333] },
    { offset: [1, 1_501, 334], shape: [1, 1, 666] },
    { offset: [1, 1_502, 0], shape: [1, 1_498, 1_000] },
    { offset: [2, 0, 0], shape: [2, 3_000, 1_000] },
  ]);
});
