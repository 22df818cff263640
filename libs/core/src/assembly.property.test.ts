import { expect, test } from "@jest/globals";
import { type ArrayChunk, ChunkOrder, type Frame } from "@sluice/proto";
import fc from "fast-check";
import { Assembly } from "./assembly.ts";
import type { AssemblyItem } from "./assembly-item.ts";
import { type Box, copyBox, elementCount, wholeBox } from "./box.ts";
import { FrameDigests } from "./digest.ts";
import { gridCells } from "./grid.ts";
import { arrayEndFrame, chunkFrame } from "./stream.ts";
import { collect, cut, memoryStream } from "./testing/memory-stream.ts";

interface Scene {
  readonly shape: number[];
  readonly chunk: number[];
  readonly grid: number[];
  readonly unknownLength: boolean;
}

const scenes: fc.Arbitrary<Scene> = fc.integer({ min: 1, max: 4 }).chain((rank) => {
  const lengths = (most: number) => fc.array(fc.integer({ min: 1, max: most }), { minLength: rank, maxLength: rank });
  return fc.record({ shape: lengths(7), chunk: lengths(8), grid: lengths(8), unknownLength: fc.boolean() });
});

/** Cuts boxes at random places until they are small: any disjoint cover of the array, not a regular one. */
function irregularBoxes(shape: readonly number[], cuts: readonly number[]): Box[] {
  let boxes = [wholeBox(shape)];
  for (const [step, seed] of cuts.entries()) {
    const axis = step % shape.length;
    boxes = boxes.flatMap((box, index) => {
      const length = box.shape[axis] as number;
      const at = (seed + index) % length;
      if (at === 0) return [box];
      const tail = {
        offset: box.offset.with(axis, (box.offset[axis] as number) + at),
        shape: box.shape.with(axis, length - at),
      };
      return [{ offset: box.offset, shape: box.shape.with(axis, at) }, tail];
    });
  }
  return boxes;
}

function arrayOf(shape: readonly number[]) {
  const data = Uint16Array.from({ length: elementCount(shape) }, (_, index) => (index * 7919 + 13) & 0xffff);
  return { name: "a", dataType: "uint16", shape, data } as const;
}

function framesOf(array: ReturnType<typeof arrayOf>, boxes: readonly Box[], arrayId = 1): Frame[] {
  return boxes.map(({ offset, shape }) => {
    const chunk: ArrayChunk = { arrayId, offset: [...offset], shape: [...shape], data: cut(array, { offset, shape }) };
    return chunkFrame(chunk);
  });
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Puts blocks together again, and checks that they are the cells of the grid and ascend on axis 0. */
function reassemble(items: readonly AssemblyItem[], shape: readonly number[], grid: readonly number[]): Uint8Array {
  const data = new Uint8Array(2 * elementCount(shape));
  const cells: string[] = [];
  let start = 0;
  for (const item of items) {
    if (item.kind !== "block") continue;
    const { offset, shape: blockShape } = item.block;
    expect(offset[0]).toBeGreaterThanOrEqual(start);
    start = offset[0] as number;
    cells.push(`${offset} ${blockShape}`);
    copyBox({ box: item.block, data: item.block.data }, { box: wholeBox(shape), data }, 2);
  }
  const expected = [...gridCells(wholeBox(shape), grid)].map((cell) => `${cell.offset} ${cell.shape}`);
  expect(cells.toSorted()).toEqual(expected.toSorted());
  return data;
}

test("any chunks, grids and orders give every cell once, in order, with the digest of the flat array", async () => {
  const places = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 6 });
  const property = fc.asyncProperty(
    scenes,
    places,
    fc.boolean(),
    fc.infiniteStream(fc.nat()),
    async (scene, cuts, regular, random) => {
      const { shape, grid, unknownLength } = scene;
      const array = arrayOf(shape);
      const boxes = regular ? [...gridCells(wholeBox(shape), scene.chunk)] : irregularBoxes(shape, cuts);
      const keys = new Map(boxes.map((box) => [box, random.next().value as number]));
      const shuffled = boxes.toSorted((a, b) => (keys.get(a) as number) - (keys.get(b) as number));
      const ascending = shuffled.toSorted((a, b) => (a.offset[0] as number) - (b.offset[0] as number));
      const anyOrder = (random.next().value as number) % 2 === 0;
      const spec = { order: anyOrder ? ChunkOrder.CHUNK_ORDER_ANY : ChunkOrder.CHUNK_ORDER_ROW_MAJOR };
      const { header } = memoryStream([{ ...array, spec }], { unknownLength });
      const frames = framesOf(array, anyOrder ? shuffled : ascending);
      if (unknownLength) frames.push(arrayEndFrame({ arrayId: 1, shape }));
      const assembly = new Assembly({ header, frames: iterate(frames) }, () => grid);
      const items = await collect(assembly);
      expect(items.at(-1)).toMatchObject({ kind: "end", shape });
      expect(items.filter((item) => item.kind === "end")).toHaveLength(1);
      const bytes = reassemble(items, shape, grid);
      expect(Buffer.compare(bytes, new Uint8Array(array.data.buffer))).toBe(0);
      expect(assembly.gaps).toEqual([]);
      const digest = new FrameDigests(2 * elementCount(shape.slice(1)));
      digest.update(new Uint8Array(array.data.buffer));
      expect(assembly.digests).toEqual([digest.finish("a", "uint16", shape)]);
    },
  );
  await fc.assert(property, { numRuns: 400 });
});
