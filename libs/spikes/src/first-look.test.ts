import { expect, test } from "@jest/globals";
import { type DatasetStream, SluiceError } from "@sluice/core";
import { collect, type MemoryArray, problemOf } from "@sluice/core/testing";
import type { Frame } from "@sluice/proto";
import fc from "fast-check";
import { type FirstLookLimits, firstLookLimits, lookFirst, type Onlooker, spikesOf } from "./index.ts";
import { smallTable, spikeStream } from "./testing/index.ts";

const raw: MemoryArray = { name: "raw", dataType: "int16", shape: [8, 2], data: new Int16Array(16), axes: ["t", "c"] };

/** Looks, and says what was seen before `use` began and in all, and what came out. */
async function looked(stream: DatasetStream, limits: FirstLookLimits = firstLookLimits) {
  const units: number[][] = [];
  const tables: string[] = [];
  const onlooker: Onlooker = {
    times: spikesOf(stream.header).spikes?.times,
    tables: stream.header.tables,
    spikes: ({ unit, begins, seconds }) => {
      if (begins) units[unit] = [];
      units[unit]?.push(...seconds);
    },
    rows: ({ name }) => tables.push(name),
  };
  return lookFirst(
    stream,
    onlooker,
    async ({ frames, pending }) => {
      const first = { units: units.map((unit) => [...unit]), tables: [...tables] };
      const awaited = Array.from(pending, ({ name }) => name);
      return { first, awaited, frames: await collect(frames), units, tables };
    },
    limits,
  );
}

/** The frames of a stream in another order. */
function inOrder(stream: DatasetStream, order: (frames: Frame[]) => Frame[]): DatasetStream {
  const frames = (async function* () {
    yield* order(await collect(stream.frames));
  })();
  return { header: stream.header, frames };
}

const rawFirst = (frames: Frame[]) =>
  frames.toSorted((a, b) => Number(b.content?.$case === "chunk") - Number(a.content?.$case === "chunk"));

test("frames come out as they came, whatever is held, and every spike is seen once and in order", async () => {
  const units = fc.array(fc.array(fc.double({ noNaN: true }), { maxLength: 20 }), { maxLength: 6 });
  const limits = fc.record({ heldBytes: fc.nat(2000), denseBytes: fc.nat(100) });
  await fc.assert(
    fc.asyncProperty(
      units,
      limits,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (trains, most, part, turned) => {
        const tables = [smallTable("units", 1, { id: trains.map((_, unit) => unit) })];
        const stream = spikeStream(trains, {
          spikes: { rawArray: "raw", unitsTable: "units" },
          arrays: [raw],
          tables: trains.length > 0 ? tables : [],
          spikesPerChunk: part,
        });
        const order = turned ? rawFirst : (frames: Frame[]) => frames;
        const result = await looked(inOrder(stream, order), most);
        // What was on disk has other buffers, and the same bytes.
        expect(plain(result.frames)).toEqual(plain(order(await collect(stream.frames))));
        expect(result.units).toEqual(trains);
      },
    ),
    { numRuns: 60 },
  );
});

function plain(frames: readonly Frame[]): string[] {
  const bytes = (_: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  return frames.map((frame) => JSON.stringify(frame, bytes));
}

test("all is seen before the writer begins, and frames in memory are not copied", async () => {
  const stream = spikeStream([[1, 2], [], [3]], {
    spikes: { unitsTable: "units" },
    tables: [smallTable("units", 1, { id: [0, 1, 2] })],
    spikesPerChunk: 1,
  });
  const sent = await collect(stream.frames);
  const { first, awaited, frames } = await looked(inOrder(stream, () => sent));
  expect(first).toEqual({ units: [[1, 2], [], [3]], tables: ["units"] });
  expect(awaited).toEqual([]);
  for (const [index, frame] of frames.entries()) expect(frame).toBe(sent[index]);
});

test("raw traces are not put aside: what comes behind them is seen on its way", async () => {
  const options = { spikes: { rawArray: "raw", unitsTable: "units" }, arrays: [raw] };
  const tables = [smallTable("units", 1, { id: [0] })];
  const stream = spikeStream([[1, 2]], { ...options, tables });
  const few = { ...firstLookLimits, denseBytes: 16 };
  const behind = await looked(inOrder(stream, rawFirst), few);
  expect(behind).toMatchObject({ first: { units: [], tables: [] }, units: [[1, 2]], tables: ["units"] });
  expect(behind.awaited.toSorted()).toEqual(["spikes/times", "units"]);
  const small = await looked(inOrder(stream, rawFirst));
  expect(small).toMatchObject({ awaited: [], first: { units: [[1, 2]], tables: ["units"] } });
});

test("the look ends with the spikes, and not with the stream", async () => {
  let taken = 0;
  const stream = spikeStream([[1], [2]], { spikes: { rawArray: "raw" }, arrays: [raw] });
  const frames = (async function* () {
    for await (const frame of stream.frames) {
      taken++;
      yield frame;
    }
  })();
  const times = spikesOf(stream.header).spikes?.times;
  const onlooker = { times, tables: [], spikes: () => undefined, rows: () => undefined };
  // Two units, and the frame that shows that the second has ended.
  expect(await lookFirst({ ...stream, frames }, onlooker, async () => taken)).toBe(3);
  // Nobody read on: the source was closed.
  expect((await frames.next()).done).toBe(true);
});

test("faults of what is looked at have their frame, and end the source", async () => {
  const stream = spikeStream([[1], [2]], {});
  let closed = false;
  const broken = async function* () {
    try {
      for await (const frame of stream.frames) {
        if (frame.content?.$case === "ragged") frame.content.value.firstRow += 1;
        yield { ...frame, sequence: 7 };
      }
    } finally {
      closed = true;
    }
  };
  expect(await problemOf(() => looked({ ...stream, frames: broken() }))).toMatchObject({
    reason: "CHUNK_ORDER",
    sequence: 7,
  });
  expect(closed).toBe(true);
  const refuses = lookFirst(
    stream,
    { times: undefined, tables: [], spikes: () => undefined, rows: () => undefined },
    () => {
      throw new SluiceError({ reason: "NO", message: "No." });
    },
  );
  await expect(refuses).rejects.toMatchObject({ problem: { reason: "NO" } });
});

test("a source that breaks while it is looked at never reaches the writer", async () => {
  const stream = spikeStream([[1], [2], [3]], { spikesPerChunk: 1 });
  const broken = async function* () {
    let sent = 0;
    for await (const frame of stream.frames) {
      if (sent++ === 2) throw new SluiceError({ reason: "CUT", message: "It was cut." });
      yield frame;
    }
  };
  const { times } = spikesOf(stream.header).spikes ?? { times: undefined };
  let written = false;
  const onlooker: Onlooker = { times, tables: [], spikes: () => undefined, rows: () => undefined };
  // The second frame is on disk already.
  const attempt = lookFirst(
    { ...stream, frames: broken() },
    onlooker,
    async () => {
      written = true;
    },
    { heldBytes: 300, denseBytes: 0 },
  );
  await expect(attempt).rejects.toMatchObject({ problem: { reason: "CUT" } });
  expect(written).toBe(false);
});
