import { expect, test } from "@jest/globals";
import { type ArrayChunk, ChunkOrder, type Frame, TableSpec } from "@sluice/proto";
import { Assembly, wholeFrames } from "./assembly.ts";
import type { AssemblyItem, Block } from "./assembly-item.ts";
import { elementCount } from "./box.ts";
import { asBytes, asElements } from "./data-type.ts";
import { SluiceError } from "./problem.ts";
import type { AssemblyLimits } from "./row-assembly.ts";
import { arrayEndFrame, chunkFrame, type DatasetStream } from "./stream.ts";
import { collect, type MemoryArray, memoryStream } from "./testing/memory-stream.ts";
import { problemOf } from "./testing/problem-of.ts";

/** An image of uint8 [4, 2, 3]. */
const movie = { name: "movie", dataType: "uint8", shape: [4, 2, 3], data: new Uint8Array(24) } as const;

function chunk(offset: number[], shape: number[], more: Partial<ArrayChunk> = {}): Frame {
  const data = new Uint8Array(elementCount(shape)).fill(7);
  return chunkFrame({ arrayId: 1, offset, shape, data, ...more });
}

function frame(index: number): Frame {
  return chunk([index, 0, 0], [1, 2, 3]);
}

function end(length: number): Frame {
  return arrayEndFrame({ arrayId: 1, shape: [length, 2, 3] });
}

async function* iterate(frames: readonly Frame[]): AsyncGenerator<Frame> {
  yield* frames;
}

function streamOf(frames: readonly Frame[], spec: MemoryArray["spec"] = {}, unknownLength = false): DatasetStream {
  return { header: memoryStream([{ ...movie, spec }], { unknownLength }).header, frames: iterate(frames) };
}

async function outcome(stream: DatasetStream, grid: readonly number[] = [1, 2, 3], limits?: Partial<AssemblyLimits>) {
  const assembly = new Assembly(stream, () => grid, limits);
  const items = await collect(assembly);
  const blocks = items.flatMap((item): Block[] => (item.kind === "block" ? [item.block] : []));
  return { items, blocks, last: items.at(-1), gaps: assembly.gaps, digests: assembly.digests };
}

const ended = (length: number): Partial<AssemblyItem> => ({ kind: "end", shape: [length, 2, 3] });
const fill = { fillValue: Uint8Array.of(9) };
const any = { order: ChunkOrder.CHUNK_ORDER_ANY };

test("passes whole rows through without a copy", async () => {
  const frames = [frame(0), chunk([1, 0, 0], [3, 2, 3])];
  const { blocks } = await outcome(streamOf(frames));
  const payloads = frames.map(({ content }) => (content?.$case === "chunk" ? content.value.data.buffer : undefined));
  expect(blocks.map((block) => block.offset[0])).toEqual([0, 1, 2, 3]);
  expect(blocks[0]?.data.buffer).toBe(payloads[0]);
  for (const block of blocks.slice(1)) expect(block.data.buffer).toBe(payloads[1]);
  expect(blocks[3]?.data.byteOffset).toBe(12);
});

test("passes whole cells of a row through without a copy, as they come", async () => {
  const right = chunk([0, 0, 2], [2, 2, 1]);
  const left = chunk([0, 0, 0], [2, 1, 2]);
  const { blocks } = await outcome(streamOf([right, left, chunk([0, 1, 0], [2, 1, 2])]), [2, 2, 2]);
  expect(blocks.map(({ offset, shape }) => [offset, shape])).toEqual([
    [
      [0, 0, 2],
      [2, 2, 1],
    ],
    [
      [0, 0, 0],
      [2, 2, 2],
    ],
  ]);
  expect(blocks[0]?.data).toBe(right.content?.$case === "chunk" && right.content.value.data);
});

test("cells that are runs come in C order, from elements in C order without a buffer of the row", async () => {
  const limits = { rowBytes: 5, openBytes: 5 };
  const parts = [
    chunk([0, 0, 0], [1, 1, 2]),
    chunk([0, 0, 2], [1, 1, 1]),
    chunk([0, 1, 0], [1, 1, 3]),
    chunk([1, 0, 0], [3, 2, 3]),
  ];
  const { blocks, digests } = await outcome(streamOf(parts), [1, 1, 3], limits);
  expect(blocks.map(({ offset }) => offset)).toEqual([0, 1, 2, 3].flatMap((t) => [0, 1].map((y) => [t, y, 0])));
  expect(blocks.every(({ data }) => data.length === 3 && data.every((value) => value === 7))).toBe(true);
  const payload = parts[3]?.content?.$case === "chunk" ? parts[3].content.value.data.buffer : undefined;
  for (const block of blocks.slice(2)) expect(block.data.buffer).toBe(payload);
  const whole = await outcome(streamOf([chunk([0, 0, 0], [4, 2, 3])]));
  expect(digests).toEqual(whole.digests);
});

test("runs that come in another order take a buffer, and still come out in C order", async () => {
  const parts = [chunk([0, 0, 0], [1, 1, 1]), chunk([0, 1, 0], [1, 1, 3]), chunk([0, 0, 1], [1, 1, 2]), end(1)];
  const { blocks } = await outcome(streamOf(parts), [1, 1, 3]);
  expect(blocks.map(({ offset }) => offset)).toEqual([
    [0, 0, 0],
    [0, 1, 0],
  ]);
  const limited = () => outcome(streamOf(parts), [1, 1, 3], { rowBytes: 5 });
  expect(await problemOf(limited)).toMatchObject({ reason: "ROW_TOO_LARGE" });
});

test("runs that break off are filled, or refused; what comes twice is refused", async () => {
  const parts = [chunk([0, 0, 0], [1, 1, 2]), frame(1), end(2)];
  const { blocks, gaps } = await outcome(streamOf(parts, fill), [1, 1, 3]);
  expect(blocks.map(({ data }) => [...data])).toEqual([
    [7, 7, 9],
    [9, 9, 9],
    [7, 7, 7],
    [7, 7, 7],
  ]);
  expect(gaps).toMatchObject([{ first: 0, count: 1, filled: true }, { filled: false }]);
  const limits = { rowBytes: 5 };
  expect(await problemOf(() => outcome(streamOf(parts), [1, 1, 3], limits))).toMatchObject({ reason: "CHUNK_MISSING" });
  const twice = [chunk([0, 0, 0], [1, 1, 2]), chunk([0, 0, 1], [1, 1, 2])];
  expect(await problemOf(() => outcome(streamOf(twice), [1, 1, 3], limits))).toMatchObject({ reason: "CHUNK_OVERLAP" });
});

test("arrays that nobody wants are checked, and end", async () => {
  const stream = streamOf([chunk([0, 0, 0], [1, 1, 1]), frame(2)]);
  const assembly = new Assembly(stream, () => undefined);
  expect(await collect(assembly)).toEqual([{ kind: "end", array: stream.header.arrays[0], shape: [3, 2, 3] }]);
  expect([assembly.digests, assembly.gaps]).toEqual([[], []]);
  const outside = new Assembly(streamOf([frame(4)]), () => undefined);
  expect(await problemOf(() => collect(outside))).toMatchObject({ reason: "CHUNK_OUT_OF_RANGE" });
});

test("an array without a chunk ends at length 0", async () => {
  const { items, gaps, digests } = await outcome(streamOf([], {}, true));
  expect(items).toMatchObject([ended(0)]);
  expect(gaps).toEqual([]);
  expect(digests).toMatchObject([{ array: "movie", shape: [0, 2, 3], frames: [] }]);
});

test.each<[string, Frame[], string]>([
  ["beyond axis 0", [chunk([3, 0, 0], [2, 2, 3])], "CHUNK_OUT_OF_RANGE"],
  ["beyond the last axis", [chunk([0, 0, 1], [1, 2, 3])], "CHUNK_OUT_OF_RANGE"],
  ["at a fraction", [chunk([0.5, 0, 0], [1, 2, 3])], "CHUNK_OUT_OF_RANGE"],
  ["at NaN", [chunk([Number.NaN, 0, 0], [1, 2, 3])], "CHUNK_OUT_OF_RANGE"],
  ["at -1", [chunk([0, -1, 0], [1, 2, 3])], "CHUNK_OUT_OF_RANGE"],
  ["of NaN lengths", [chunk([0, 0, 0], [1, 2, 3], { shape: [Number.NaN, 2, 3] })], "CHUNK_OUT_OF_RANGE"],
  ["of a huge length", [chunk([1, 0, 0], [1, 2, 3], { shape: [Number.MAX_SAFE_INTEGER, 2, 3] })], "CHUNK_OUT_OF_RANGE"],
  ["without an element", [chunk([0, 0, 0], [1, 0, 3])], "CHUNK_EMPTY"],
  ["of another rank", [chunk([0, 0], [1, 6])], "CHUNK_RANK_MISMATCH"],
  ["whose shape has another rank", [chunk([0, 0, 0], [1, 6])], "CHUNK_RANK_MISMATCH"],
  ["with too few bytes", [chunk([0, 0, 0], [1, 2, 3], { data: new Uint8Array(5) })], "CHUNK_SIZE_MISMATCH"],
  ["without bytes", [chunk([0, 0, 0], [1, 2, 3], { data: new Uint8Array(0) })], "CHUNK_SIZE_MISMATCH"],
  ["that comes twice", [frame(0), frame(0)], "CHUNK_OVERLAP"],
  ["that overlaps", [chunk([0, 0, 0], [1, 2, 2]), chunk([0, 1, 1], [1, 1, 2])], "CHUNK_OVERLAP"],
  ["whose rows came before", [chunk([0, 0, 0], [2, 2, 3]), frame(1)], "CHUNK_OVERLAP"],
  ["that goes back", [frame(0), frame(1), frame(0)], "CHUNK_ORDER"],
  ["that leaves the beginning out", [frame(1), frame(0)], "CHUNK_MISSING"],
  ["after a hole", [frame(0), frame(2)], "CHUNK_MISSING"],
  ["after a hole in a row", [chunk([0, 0, 0], [1, 1, 3]), frame(1)], "CHUNK_MISSING"],
  ["of an unknown array", [chunk([0, 0, 0], [1, 2, 3], { arrayId: 2 })], "ARRAY_UNKNOWN"],
  ["after the end", [end(0), frame(0)], "ARRAY_ENDED"],
  ["after a second end", [end(0), end(0)], "ARRAY_ENDED"],
  ["and an end before it", [frame(0), frame(1), end(1)], "ARRAY_END_MISMATCH"],
  ["and an end beyond the array", [end(5)], "ARRAY_END_MISMATCH"],
  ["and an end at NaN", [end(Number.NaN)], "ARRAY_END_MISMATCH"],
  ["and an end of another rank", [arrayEndFrame({ arrayId: 1, shape: [0] })], "ARRAY_END_MISMATCH"],
  ["and an end of another shape", [arrayEndFrame({ arrayId: 1, shape: [0, 3, 2] })], "ARRAY_END_MISMATCH"],
  ["and the end of an unknown array", [arrayEndFrame({ arrayId: 3, shape: [] })], "ARRAY_UNKNOWN"],
])("refuses a chunk %s", async (_title, frames, reason) => {
  const problem = await problemOf(() => outcome(streamOf(frames)));
  expect(problem).toMatchObject({ reason, field: reason === "ARRAY_UNKNOWN" ? "arrayId" : "arrays.movie" });
  expect(problem.remedy).not.toBe("");
});

test("says what was got, what is allowed, and in which frame", async () => {
  const wrong = { ...chunk([3, 0, 0], [2, 2, 3]), sequence: 12 };
  expect(await problemOf(() => outcome(streamOf([wrong])))).toMatchObject({
    reason: "CHUNK_OUT_OF_RANGE",
    got: "offset [3, 0, 0], shape [2, 2, 3]",
    allowed: ["axis 0 (t): 0 <= offset, offset + length <= 4, length >= 1"],
    sequence: 12,
  });
});

test("refuses frames that carry no data", async () => {
  const streamEnd: Frame = {
    sequence: 0,
    content: { $case: "streamEnd", value: { frames: 0, bytes: 0, warnings: [] } },
  };
  expect(await problemOf(() => outcome(streamOf([streamEnd])))).toMatchObject({
    reason: "FRAME_UNEXPECTED",
    got: "streamEnd",
  });
});

test("refuses a header with a fault before the first frame", () => {
  const stream = streamOf([], { dataType: "uint12" });
  const broken = {
    ...stream,
    header: { ...stream.header, arrays: [{ ...stream.header.arrays[0], dataType: "uint12" }] },
  };
  expect(() => new Assembly(broken as DatasetStream, wholeFrames)).toThrow("DATA_TYPE_UNKNOWN");
});

test("refuses a grid that does not fit", () => {
  expect(() => new Assembly(streamOf([]), () => [1, 2])).toThrow("GRID_INVALID");
  expect(() => new Assembly(streamOf([]), () => [0, 2, 3])).toThrow("GRID_INVALID");
});

test("an error of the source goes through", async () => {
  async function* cut(): AsyncGenerator<Frame> {
    yield frame(0);
    throw new SluiceError({ reason: "STREAM_CUT", message: "The stream was cut." });
  }
  expect(await problemOf(() => outcome({ header: streamOf([]).header, frames: cut() }))).toMatchObject({
    reason: "STREAM_CUT",
  });
});

test("leaving the iteration closes the source", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Frame> {
    try {
      for (let index = 0; index < 4; index++) yield frame(index);
    } finally {
      closed = true;
    }
  }
  for await (const item of new Assembly({ header: streamOf([]).header, frames: source() }, wholeFrames)) {
    if (item.kind === "block") break;
  }
  expect(closed).toBe(true);
});

test("fills what never came, and says so", async () => {
  const frames = [chunk([0, 0, 0], [1, 1, 3]), frame(1), chunk([3, 1, 0], [1, 1, 2])];
  const { blocks, gaps, last } = await outcome(streamOf(frames, fill));
  expect(blocks.map((block) => [...block.data])).toEqual([
    [7, 7, 7, 9, 9, 9],
    [7, 7, 7, 7, 7, 7],
    [9, 9, 9, 9, 9, 9],
    [9, 9, 9, 7, 7, 9],
  ]);
  expect(gaps).toEqual([
    { array: "movie", first: 0, count: 1, filled: true },
    { array: "movie", first: 2, count: 2, filled: true },
  ]);
  expect(last).toMatchObject(ended(4));
});

test("fills with elements of several bytes, inside a row of the grid", async () => {
  const spec = { fillValue: asBytes(Int16Array.of(-2)) };
  const data = asBytes(Int16Array.of(1, 2, 3));
  const { header } = memoryStream([{ name: "a", dataType: "int16", shape: [4, 3], data: new Int16Array(12), spec }]);
  const frames = [
    chunkFrame({ arrayId: 1, offset: [0, 0], shape: [1, 3], data }),
    chunkFrame({ arrayId: 1, offset: [2, 0], shape: [1, 3], data }),
  ];
  const { blocks, gaps } = await outcome({ header, frames: iterate(frames) }, [4, 2]);
  expect(blocks.map((block) => [...asElements("int16", block.data)])).toEqual([
    [1, 2, -2, -2, 1, 2],
    [3, -2, 3],
  ]);
  expect(gaps).toEqual([
    { array: "a", first: 1, count: 1, filled: true },
    { array: "a", first: 3, count: 1, filled: false },
  ]);
});

test("digests of filled arrays are those of the values written", async () => {
  const filled = await outcome(streamOf([frame(1), end(4)], fill));
  const frames = [0, 2, 3].map((index) => chunk([index, 0, 0], [1, 2, 3], { data: new Uint8Array(6).fill(9) }));
  const whole = await outcome(streamOf([frame(1), ...frames], any));
  expect(filled.digests).toEqual(whole.digests);
});

test("an array that ends early is as long as what came", async () => {
  const gap = { array: "movie", first: 2, count: 2, filled: false };
  const silent = await outcome(streamOf([frame(0), frame(1)]), [4, 2, 3]);
  expect([silent.gaps, silent.last]).toMatchObject([[gap], ended(2)]);
  expect(silent.blocks.map(({ offset, shape, data }) => [offset, shape, data.length])).toEqual([
    [[0, 0, 0], [2, 2, 3], 12],
  ]);
  const told = await outcome(streamOf([frame(0), frame(1), end(2)]));
  expect([told.gaps, told.last]).toMatchObject([[gap], ended(2)]);
  expect(told.digests).toEqual(silent.digests);
});

test("an early end in the midst of a frame is filled, or refused", async () => {
  const frames = [frame(0), chunk([1, 0, 0], [1, 1, 3])];
  const { blocks, gaps, last } = await outcome(streamOf(frames, fill));
  expect([...(blocks[1]?.data ?? [])]).toEqual([7, 7, 7, 9, 9, 9]);
  expect(last).toMatchObject(ended(2));
  expect(gaps).toEqual([
    { array: "movie", first: 1, count: 1, filled: true },
    { array: "movie", first: 2, count: 2, filled: false },
  ]);
  expect(await problemOf(() => outcome(streamOf(frames)))).toMatchObject({
    reason: "CHUNK_MISSING",
    got: "nothing for offset [1, 1, 0], shape [1, 1, 3]",
  });
});

test("an unknown length is that of the end, or of what came", async () => {
  const told = await outcome(streamOf([frame(0), frame(1), end(2)], {}, true), [3, 2, 3]);
  const silent = await outcome(streamOf([frame(0), frame(1)], {}, true), [3, 2, 3]);
  for (const { last, gaps, blocks } of [told, silent]) {
    expect(last).toMatchObject(ended(2));
    expect(gaps).toEqual([]);
    expect(blocks.map((block) => block.shape)).toEqual([[2, 2, 3]]);
  }
  const longer = await outcome(streamOf([frame(0), end(3)], fill, true));
  expect(longer.gaps).toEqual([{ array: "movie", first: 1, count: 2, filled: true }]);
  expect(longer.last).toMatchObject(ended(3));
});

test("rows in any order come out in order", async () => {
  const { blocks, last } = await outcome(streamOf([frame(2), frame(3), frame(1), frame(0)], any));
  expect(blocks.map((block) => block.offset[0])).toEqual([0, 1, 2, 3]);
  expect(last).toMatchObject(ended(4));
  const repeated = await problemOf(() => outcome(streamOf([frame(0), frame(2), frame(0)], any)));
  expect(repeated).toMatchObject({ reason: "CHUNK_OVERLAP" });
});

test("gives rows out as soon as all before them are complete", async () => {
  const given: number[][] = [];
  const blocks: number[] = [];
  async function* source(): AsyncGenerator<Frame> {
    for (const index of [1, 2, 0, 3]) {
      yield frame(index);
      given.push([...blocks]);
    }
  }
  for await (const item of new Assembly({ header: streamOf([], any).header, frames: source() }, wholeFrames)) {
    if (item.kind === "block") blocks.push(item.block.offset[0] as number);
  }
  expect(given).toEqual([[], [], [0, 1, 2], [0, 1, 2, 3]]);
});

test("holds a bounded number of rows", async () => {
  const frames = [frame(3), frame(2), frame(1), frame(0)];
  expect((await outcome(streamOf(frames, any), [1, 2, 3], { openBytes: 18 })).blocks).toHaveLength(4);
  const problem = await problemOf(() => outcome(streamOf(frames, any), [1, 2, 3], { openBytes: 17 }));
  expect(problem).toMatchObject({ reason: "CHUNK_ORDER_UNBOUNDED", got: "18 bytes in 3 rows" });
  const deep = () => outcome(streamOf([chunk([0, 0, 0], [4, 1, 1])]), [1, 2, 3], { openBytes: 18 });
  expect(await problemOf(deep)).toMatchObject({ reason: "CHUNK_ORDER_UNBOUNDED", got: "24 bytes in 4 rows" });
  const threes = [2, 1, 0, 5, 4, 3, 8, 7, 6].map(frame);
  expect((await outcome(streamOf(threes, any, true), [1, 2, 3], { openBytes: 12 })).blocks).toHaveLength(9);
});

test("does not hold a row beyond its limit", async () => {
  const limits = { rowBytes: 11 };
  const part = [chunk([0, 0, 0], [1, 1, 1])];
  const reason = "ROW_TOO_LARGE";
  expect(await problemOf(() => outcome(streamOf(part), [2, 2, 3], limits))).toMatchObject({ reason });
  expect(await problemOf(() => outcome(streamOf([end(2)], fill), [2, 2, 3], limits))).toMatchObject({ reason });
  expect((await outcome(streamOf(part, fill), [1, 2, 3], limits)).blocks).toHaveLength(1);
});

test("does not fill beyond its limit", async () => {
  const parts = [0, 1, 2].map((index) => chunk([index, 0, 0], [1, 2, 2]));
  expect((await outcome(streamOf(parts, fill), [1, 2, 3], { filledBytes: 6 })).blocks).toHaveLength(3);
  const problem = await problemOf(() => outcome(streamOf(parts, fill), [1, 2, 3], { filledBytes: 5 }));
  expect(problem).toMatchObject({ reason: "FILL_TOO_LARGE", got: "6 bytes of fill values" });
});

test("a few bytes cannot ask for endless filling", async () => {
  const far = streamOf([chunk([2 ** 50, 0, 0], [1, 2, 3])], fill, true);
  const seen: AssemblyItem[] = [];
  const work = async () => {
    for await (const item of new Assembly(far, wholeFrames)) seen.push(item);
  };
  expect(await problemOf(work)).toMatchObject({ reason: "FILL_TOO_LARGE" });
  expect(seen).toEqual([]);
});

test("the payload of a frame is never written to", async () => {
  const frames = [chunk([0, 0, 0], [1, 1, 3]), frame(1), frame(3)];
  await outcome(streamOf(frames, fill), [2, 1, 2]);
  for (const { content } of frames) {
    if (content?.$case === "chunk") expect(content.value.data.every((value) => value === 7)).toBe(true);
  }
});

function ragged(firstRow: number, rowLengths: number[], elementOffset = 0): Frame {
  const data = new Uint8Array(8 * rowLengths.reduce((sum, count) => sum + count, 0));
  return {
    sequence: 0,
    content: { $case: "ragged", value: { arrayId: 1, firstRow, rowLengths, elementOffset, data } },
  };
}

function raggedStream(frames: readonly Frame[]): DatasetStream {
  const times = { name: "times", dataType: "float64", axes: ["unit"], shape: [3], data: new Float64Array(0) } as const;
  return { header: memoryStream([{ ...times, spec: { ragged: true } }]).header, frames: iterate(frames) };
}

test("passes ragged rows on, and ends with their count", async () => {
  const { items, gaps } = await outcome(raggedStream([ragged(0, [2, 3]), ragged(1, [4], 3), ragged(2, [0])]));
  expect(items.map((item) => item.kind)).toEqual(["ragged", "ragged", "ragged", "end"]);
  expect(items[3]).toMatchObject({ shape: [3] });
  expect(gaps).toEqual([]);
  const early = await outcome(raggedStream([ragged(0, [1])]));
  expect(early.last).toMatchObject({ kind: "end", shape: [1] });
  expect(early.gaps).toEqual([{ array: "times", first: 1, count: 2, filled: false }]);
});

test("refuses ragged rows of a dense array, and chunks of a ragged one", async () => {
  const reason = "CHUNK_KIND_MISMATCH";
  expect(await problemOf(() => outcome(streamOf([ragged(0, [1])])))).toMatchObject({ reason, field: "arrays.movie" });
  expect(await problemOf(() => outcome(raggedStream([frame(0)])))).toMatchObject({ reason, field: "arrays.times" });
});

test("passes table batches on", async () => {
  const spec = TableSpec.fromPartial({ tableId: 1, name: "units", rows: 3 });
  const batch = (firstRow: number, rows: number): Frame => ({
    sequence: 0,
    content: { $case: "batch", value: { tableId: 1, firstRow, rows, columns: [] } },
  });
  const tableStream = (...batches: Frame[]): DatasetStream => ({
    header: memoryStream([], { tables: [{ spec, batches: [] }] }).header,
    frames: iterate(batches),
  });
  const { items, gaps } = await outcome(tableStream(batch(0, 2), batch(2, 1)));
  expect(items).toMatchObject([
    { kind: "batch", table: spec, batch: { firstRow: 0 } },
    { kind: "batch", table: spec, batch: { firstRow: 2 } },
  ]);
  expect(gaps).toEqual([]);
  const early = await outcome(tableStream(batch(0, 2)));
  expect(early.gaps).toEqual([{ array: "units", first: 2, count: 1, filled: false }]);
  const gapped = await problemOf(() => outcome(tableStream(batch(1, 1))));
  expect(gapped).toMatchObject({ reason: "TABLE_BATCH_INVALID" });
  const unknown = await problemOf(() => outcome(streamOf([batch(0, 1)])));
  expect(unknown).toMatchObject({ reason: "TABLE_UNKNOWN", field: "tableId" });
});
