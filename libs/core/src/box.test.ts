import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Box, boxContains, boxesOverlap, clipBox, copyBox, countElements, elementCount, wholeBox } from "./box.ts";
import { cellIndex, gridCells } from "./grid.ts";

/** Two boxes of one rank, with items of some size. */
const pairs = fc.integer({ min: 1, max: 4 }).chain((rank) => {
  const box = fc.record({
    offset: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: rank, maxLength: rank }),
    shape: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: rank, maxLength: rank }),
  });
  return fc.record({ a: box, b: box, itemSize: fc.constantFrom(1, 2, 8, 16) });
});

/** Positions of all elements of a box, as text. */
function positions(box: Box): string[] {
  return [
    ...gridCells(
      box,
      box.shape.map(() => 1),
    ),
  ].map((cell) => cell.offset.join());
}

test.each<[number[], number | undefined]>([
  [[], 1],
  [[0], 0],
  [[3, 4, 5], 60],
  [[2 ** 53 - 1], 2 ** 53 - 1],
  [[2 ** 53], undefined],
  [[2 ** 26, 2 ** 26], 2 ** 52],
  [[2 ** 27, 2 ** 26], undefined],
  [[6_361, 69_431, 20_394_401], 2 ** 53 - 1],
  [[94_906_267, 94_906_267], undefined],
  [[2 ** 40, 2 ** 40, 0], 0],
  [[2 ** 40, Number.NaN, 0], undefined],
  [[-1, 0], undefined],
  [[1.5], undefined],
])("counts the elements of %j: %d", (shape, expected) => {
  expect(countElements(shape)).toBe(expected);
});

test("refuses to count what it cannot count", () => {
  expect(() => elementCount([2 ** 40, 2 ** 40])).toThrow("SHAPE_TOO_LARGE");
});

test("overlap, containment and clipping agree with the elements", () => {
  const property = fc.property(pairs, ({ a, b }) => {
    const shared = positions(a).filter((position) => positions(b).includes(position));
    expect(boxesOverlap(a, b)).toBe(shared.length > 0);
    expect(boxesOverlap(b, a)).toBe(shared.length > 0);
    const clipped = clipBox(a, b);
    expect(clipped ? positions(clipped) : []).toEqual(shared);
    if (!b.shape.includes(0)) expect(boxContains(a, b)).toBe(shared.length === positions(b).length);
  });
  fc.assert(property, { numRuns: 300 });
});

test("copies what both boxes share, and nothing else", () => {
  const property = fc.property(pairs, ({ a, b, itemSize }) => {
    const source = Uint8Array.from({ length: elementCount(a.shape) * itemSize }, (_, byte) => 1 + (byte % 250));
    const target = new Uint8Array(elementCount(b.shape) * itemSize);
    copyBox({ box: a, data: source }, { box: b, data: target }, itemSize);
    const from = new Map(positions(a).map((position, index) => [position, index * itemSize]));
    for (const [index, position] of positions(b).entries()) {
      const start = from.get(position);
      const expected = start === undefined ? new Uint8Array(itemSize) : source.subarray(start, start + itemSize);
      expect([...target.subarray(index * itemSize, (index + 1) * itemSize)]).toEqual([...expected]);
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test("copies runs that are long and strided on both sides", () => {
  const line = (offset: number[], shape: number[]) => ({
    box: { offset, shape },
    data: new Uint8Array(elementCount(shape)),
  });
  const source = line([0, 0, 0], [3, 4, 100]);
  source.data.forEach((_, index) => (source.data[index] = index % 251));
  const target = line([1, 1, 20], [2, 2, 70]);
  copyBox(source, target, 1);
  for (const [index, value] of target.data.entries()) {
    const [z, y, x] = [Math.floor(index / 140) + 1, (Math.floor(index / 70) % 2) + 1, (index % 70) + 20];
    expect(value).toBe((z * 400 + y * 100 + x) % 251);
  }
});

test("grid cells cover a box once, in C order, and know their place", () => {
  const property = fc.property(pairs, ({ a, b }) => {
    const cell = b.shape.map((length) => Math.max(1, length));
    const cells = [...gridCells(a, cell)];
    expect(cells.flatMap(positions).toSorted()).toEqual(positions(a).toSorted());
    for (const [index, box] of cells.entries()) expect(cellIndex(a, cell, box)).toBe(index);
  });
  fc.assert(property, { numRuns: 200 });
  expect([...gridCells(wholeBox([3, 5]), [2, 4])]).toEqual([
    { offset: [0, 0], shape: [2, 4] },
    { offset: [0, 4], shape: [2, 1] },
    { offset: [2, 0], shape: [1, 4] },
    { offset: [2, 4], shape: [1, 1] },
  ]);
});

test("boxes that are no whole cell have no place in the grid", () => {
  const bounds = { offset: [4, 0], shape: [2, 5] };
  expect(cellIndex(bounds, [2, 2], { offset: [4, 4], shape: [2, 1] })).toBe(2);
  expect(cellIndex(bounds, [2, 2], { offset: [4, 2], shape: [2, 1] })).toBeUndefined();
  expect(cellIndex(bounds, [2, 2], { offset: [4, 1], shape: [2, 2] })).toBeUndefined();
  expect(cellIndex(bounds, [2, 2], { offset: [5, 0], shape: [1, 2] })).toBeUndefined();
});
