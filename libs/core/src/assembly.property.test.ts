import { expect, test } from "@jest/globals";
import { type ArrayChunk, type ArrayEnd, ChunkOrder, type Frame, type Gap } from "@sluice/proto";
import fc from "fast-check";
import { Assembly } from "./assembly.ts";
import type { AssemblyItem } from "./assembly-item.ts";
import { type Box, boxContains, clipBox, copyBox, countElements, elementCount, wholeBox } from "./box.ts";
import { asBytes } from "./data-type.ts";
import { FrameDigests } from "./digest.ts";
import { gridCells } from "./grid.ts";
import { SluiceError } from "./problem.ts";
import { arrayEndFrame, chunkFrame, type DatasetStream } from "./stream.ts";
import { collect, cut, memoryStream } from "./testing/memory-stream.ts";
import { problemOf } from "./testing/problem-of.ts";

/** An array, the boxes in which it comes, in the order in which they come, and the grid that is asked for. */
interface Scene {
  readonly shape: readonly number[];
  readonly boxes: readonly Box[];
  readonly grid: readonly number[];
  readonly unknownLength: boolean;
  readonly anyOrder: boolean;
}

const scenes: fc.Arbitrary<Scene> = fc
  .integer({ min: 1, max: 4 })
  .chain((rank) => {
    const lengths = (most: number) => fc.array(fc.integer({ min: 1, max: most }), { minLength: rank, maxLength: rank });
    return fc.record({
      shape: lengths(7),
      chunk: lengths(8),
      grid: lengths(8),
      cuts: fc.array(fc.nat(50), { maxLength: 6 }),
      runsFrom: fc.option(fc.nat(3)),
    });
  })
  .chain(({ shape, chunk, grid: anyGrid, cuts, runsFrom }) => {
    const grid = runsFrom === null ? anyGrid : runGrid(shape, anyGrid, runsFrom);
    const regular = [...gridCells(wholeBox(shape), chunk)];
    return fc
      .record({
        anyOrder: fc.boolean(),
        unknownLength: fc.boolean(),
        boxes: fc.constantFrom(regular, irregular(shape, cuts)),
      })
      .chain(({ boxes, ...scene }) =>
        fc
          .shuffledSubarray(boxes, { minLength: boxes.length })
          .map((shuffled) => ({ ...scene, shape, grid, boxes: scene.anyOrder ? shuffled : ascending(shuffled) })),
      );
  });

/** A grid whose cells are runs of the array: 1 before an axis, all after it. */
function runGrid(shape: readonly number[], grid: readonly number[], cutAxis: number): number[] {
  return grid.map((length, axis) => (axis < cutAxis ? 1 : axis === cutAxis ? length : (shape[axis] as number)));
}

/** Splits boxes again and again: a cover of the array that fits no lattice. */
function irregular(shape: readonly number[], cuts: readonly number[]): Box[] {
  let boxes = [wholeBox(shape)];
  for (const [step, cutAt] of cuts.entries()) {
    const axis = step % shape.length;
    boxes = boxes.flatMap((box, index) => {
      const length = box.shape[axis] as number;
      const head = (cutAt + index) % length;
      if (head === 0) return [box];
      const start = (box.offset[axis] as number) + head;
      return [
        { offset: box.offset, shape: box.shape.with(axis, head) },
        { offset: box.offset.with(axis, start), shape: box.shape.with(axis, length - head) },
      ];
    });
  }
  return boxes;
}

function ascending(boxes: readonly Box[]): Box[] {
  return boxes.toSorted((a, b) => (a.offset[0] as number) - (b.offset[0] as number));
}

/** The array: no two elements near each other are alike, and none is the fill value. */
function valuesOf(shape: readonly number[]) {
  const data = Uint16Array.from({ length: elementCount(shape) }, (_, index) => 1 + ((index * 7919) % 65_535));
  return { name: "a", dataType: "uint16", shape, data } as const;
}

function streamOf(
  scene: Scene,
  boxes: readonly Box[],
  spec: { fillValue?: Uint8Array } = {},
  end?: ArrayEnd,
): DatasetStream {
  const array = valuesOf(scene.shape);
  const order = scene.anyOrder ? ChunkOrder.CHUNK_ORDER_ANY : ChunkOrder.CHUNK_ORDER_ROW_MAJOR;
  const { header } = memoryStream([{ ...array, spec: { ...spec, order } }], { unknownLength: scene.unknownLength });
  async function* frames() {
    for (const box of boxes) {
      const inside = boxContains(wholeBox(scene.shape), box);
      const data = inside ? cut(array, box) : new Uint8Array(2 * elementCount(box.shape));
      yield chunkFrame({ arrayId: 1, offset: [...box.offset], shape: [...box.shape], data });
    }
    if (end) yield arrayEndFrame(end);
  }
  return { header, frames: frames() };
}

async function assemble(scene: Scene, stream: DatasetStream) {
  const assembly = new Assembly(stream, () => scene.grid);
  const items = await collect(assembly);
  return { items, gaps: assembly.gaps, digests: assembly.digests };
}

/** Expects every cell of the grid once, ascending on axis 0; then the end; with these values and their digest. */
function expectArray(
  items: readonly AssemblyItem[],
  grid: readonly number[],
  shape: readonly number[],
  data: Uint8Array,
) {
  const got = new Uint8Array(2 * elementCount(shape));
  const cells: string[] = [];
  let start = 0;
  for (const item of items.slice(0, -1)) {
    if (item.kind !== "block") throw new Error(`a block was expected, not ${item.kind}`);
    const { block } = item;
    expect(block.offset[0]).toBeGreaterThanOrEqual(start);
    start = block.offset[0] as number;
    expect(block.data).toHaveLength(2 * elementCount(block.shape));
    cells.push(`${block.offset} ${block.shape}`);
    copyBox({ box: block, data: block.data }, { box: wholeBox(shape), data: got }, 2);
  }
  const expected = [...gridCells(wholeBox(shape), grid)].map((cell) => `${cell.offset} ${cell.shape}`);
  expect(cells.toSorted()).toEqual(expected.toSorted());
  expect(Buffer.compare(got, data)).toBe(0);
  expect(items.at(-1)).toMatchObject({ kind: "end", shape });
}

function digestsOf(shape: readonly number[], data: Uint8Array) {
  const digests = new FrameDigests(2 * elementCount(shape.slice(1)));
  digests.update(data);
  return [digests.finish("a", "uint16", shape)];
}

function endOf(shape: readonly number[]): ArrayEnd {
  return { arrayId: 1, shape: [...shape] };
}

test("any chunks, grids and orders give every cell once, in order, with the digest of the flat array", async () => {
  const property = fc.asyncProperty(scenes, fc.boolean(), async (scene, told) => {
    const { shape, boxes } = scene;
    const data = asBytes(valuesOf(shape).data);
    const { items, gaps, digests } = await assemble(scene, streamOf(scene, boxes, {}, told ? endOf(shape) : undefined));
    expectArray(items, scene.grid, shape, data);
    expect(gaps).toEqual([]);
    expect(digests).toEqual(digestsOf(shape, data));
  });
  await fc.assert(property, { numRuns: 400 });
});

/** A scene with some of its boxes. */
const withSome = scenes.chain((scene) =>
  fc.record({ scene: fc.constant(scene), some: fc.subarray([...scene.boxes], { minLength: 1 }) }),
);

test("missing boxes are filled and named, or refused", async () => {
  const property = fc.asyncProperty(withSome, async ({ scene, some: missing }) => {
    const { shape, boxes } = scene;
    const sent = boxes.filter((box) => !missing.includes(box));
    const data = asBytes(valuesOf(shape).data.slice());
    const absent = new Set<number>();
    for (const box of missing) {
      copyBox({ box, data: new Uint8Array(2 * elementCount(box.shape)) }, { box: wholeBox(shape), data }, 2);
      for (let row = 0; row < (box.shape[0] as number); row++) absent.add((box.offset[0] as number) + row);
    }
    const stream = streamOf(scene, sent, { fillValue: new Uint8Array(2) }, endOf(shape));
    const { items, gaps, digests } = await assemble(scene, stream);
    expectArray(items, scene.grid, shape, data);
    expect(digests).toEqual(digestsOf(shape, data));
    expect(rowsOf(gaps)).toEqual([...absent].toSorted((a, b) => a - b));
    const refused = await problemOf(() => assemble(scene, streamOf(scene, sent, {}, endOf(shape))));
    expect(refused.reason).toBe("CHUNK_MISSING");
  });
  await fc.assert(property, { numRuns: 200 });
});

function rowsOf(gaps: readonly Gap[]): number[] {
  return gaps.flatMap(({ first, count, filled }) =>
    filled ? Array.from({ length: count }, (_, row) => first + row) : [],
  );
}

test("an early end gives what came", async () => {
  const property = fc.asyncProperty(scenes, fc.nat(), fc.boolean(), async (scene, seed, told) => {
    const length = seed % (scene.shape[0] as number);
    const shape = scene.shape.with(0, length);
    const boxes = scene.boxes.flatMap((box) => clipBox(box, wholeBox(shape)) ?? []);
    const data = asBytes(valuesOf(scene.shape).data).subarray(0, 2 * elementCount(shape));
    const { items, gaps, digests } = await assemble(scene, streamOf(scene, boxes, {}, told ? endOf(shape) : undefined));
    expectArray(items, scene.grid, shape, data);
    expect(digests).toEqual(digestsOf(shape, data));
    const gap = { array: "a", first: length, count: (scene.shape[0] as number) - length, filled: false };
    expect(gaps).toEqual(scene.unknownLength ? [] : [gap]);
  });
  await fc.assert(property, { numRuns: 200 });
});

/** Any part of any box of a scene, and where to send it a second time. */
const withRepeat = scenes.chain((scene) =>
  fc.record({
    scene: fc.constant(scene),
    index: fc.nat(scene.boxes.length - 1),
    later: fc.nat(),
    head: fc.nat(),
    tail: fc.nat(),
  }),
);

test("what comes twice is refused, also if it is a part", async () => {
  const property = fc.asyncProperty(withRepeat, async ({ scene, index, later, head, tail }) => {
    const box = scene.boxes[index] as Box;
    const offset = box.offset.map((start, axis) => start + (head % (box.shape[axis] as number)));
    const shape = box.shape.map(
      (length, axis) => 1 + (tail % (length - ((offset[axis] as number) - (box.offset[axis] as number)))),
    );
    const place = index + 1 + (later % (scene.boxes.length - index));
    const boxes = scene.boxes.toSpliced(place, 0, { offset, shape });
    const { reason } = await problemOf(() => assemble(scene, streamOf(scene, boxes)));
    expect(scene.anyOrder ? ["CHUNK_OVERLAP"] : ["CHUNK_OVERLAP", "CHUNK_ORDER", "CHUNK_MISSING"]).toContain(reason);
  });
  await fc.assert(property, { numRuns: 300 });
});

test("what lies outside is refused", async () => {
  const property = fc.asyncProperty(withSome, fc.nat(), fc.nat(), async ({ scene, some }, seed, far) => {
    const axis = seed % scene.shape.length;
    fc.pre(axis > 0 || !scene.unknownLength);
    const [box] = some as [Box];
    const free = (scene.shape[axis] as number) - (box.offset[axis] as number) - (box.shape[axis] as number);
    const moved = { offset: box.offset.with(axis, (box.offset[axis] as number) + free + 1 + far), shape: box.shape };
    const { reason } = await problemOf(() => assemble(scene, streamOf(scene, [moved])));
    expect(reason).toBe("CHUNK_OUT_OF_RANGE");
  });
  await fc.assert(property, { numRuns: 200 });
});

test("whatever is sent, it is taken or refused with a reason", async () => {
  const number = fc.oneof(
    { weight: 8, arbitrary: fc.nat(4) },
    fc.double(),
    fc.constantFrom(-1, 0.5, 2 ** 53 - 1, 2 ** 60),
  );
  const numbers = fc.oneof(
    { weight: 6, arbitrary: fc.array(number, { minLength: 2, maxLength: 2 }) },
    fc.array(number),
  );
  const data = fc.uint8Array({ maxLength: 40 });
  const arrayId = fc.nat(3);
  const frame: fc.Arbitrary<Frame> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({ arrayId, offset: numbers, shape: numbers, data: fc.option(data, { nil: undefined }) })
        .map(fittingChunk),
    },
    fc.record({ arrayId, shape: numbers }).map(arrayEndFrame),
    fc
      .record({ arrayId, firstRow: number, rowLengths: numbers, elementOffset: number, data })
      .map((value): Frame => ({ sequence: 0, content: { $case: "ragged", value } })),
    fc.constant<Frame>({ sequence: 0, content: undefined }),
  );
  const spec = fc.record({
    order: fc.constantFrom(...Object.values(ChunkOrder)),
    fillValue: fc.constantFrom(undefined, Uint8Array.of(3)),
  });
  const property = fc.asyncProperty(fc.array(frame), spec, fc.boolean(), async (frames, more, unknownLength) => {
    const dense = { name: "a", dataType: "uint8", shape: [4, 4], data: new Uint8Array(16), spec: more } as const;
    const ragged = { ...dense, name: "b", shape: [4], spec: { ragged: true } };
    const { header } = memoryStream([dense, ragged], { unknownLength });
    async function* source() {
      yield* frames;
    }
    const assembly = new Assembly({ header, frames: source() }, () => [3, 2], { filledBytes: 1_000 });
    const refusal = await collect(assembly).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) expect(refusal).toBeInstanceOf(SluiceError);
  });
  await fc.assert(property, { numRuns: 500 });
});

/** A chunk with as many bytes as its shape says, unless it has others. */
function fittingChunk(chunk: Omit<ArrayChunk, "data"> & { data: Uint8Array | undefined }): Frame {
  const count = Math.min(countElements(chunk.shape) ?? 0, 1_000);
  return chunkFrame({ ...chunk, data: chunk.data ?? new Uint8Array(count) });
}
