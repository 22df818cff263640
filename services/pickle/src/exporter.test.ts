import { expect, test } from "@jest/globals";
import { asBytes, checkHeader, type DatasetStream, type DataType, dataTypes, digestsOf, itemSize } from "@sluice/core";
import { collect, type MemoryArray, memoryStream, testContext } from "@sluice/core/testing";
import { ArraySpec, ColumnSpec, type Frame, TableSpec } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { pickle } from "./exporter.ts";
import { protocols } from "./python/opcodes.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { Made, unpickle } from "./testing/unpickle.ts";
import { arrayOf, at, plain } from "./testing/unpickled.ts";

function noise(dataType: DataType, shape: readonly number[], seed: number): Uint8Array {
  const bytes = shape.reduce((product, length) => product * length, itemSize[dataType]);
  const data = Uint8Array.from({ length: bytes }, (_, index) => (index * 7919 + seed * 104_729) >> 3);
  return dataType === "bool" ? data.map((value) => value & 1) : data;
}

/** One chunk of each array in turn, the last array first. */
function interleaved(stream: DatasetStream): DatasetStream {
  async function* frames(): AsyncGenerator<Frame> {
    const all = await collect(stream.frames);
    const ids = stream.header.arrays.map(({ arrayId }) => arrayId).toReversed();
    const queues = ids.map((id) =>
      all.filter(({ content }) => content?.$case === "chunk" && content.value.arrayId === id),
    );
    for (let left = true; left; ) {
      left = false;
      for (const queue of queues) {
        const frame = queue.shift();
        if (frame) yield frame;
        left ||= queue.length > 0;
      }
    }
    yield* all.filter(({ content }) => content?.$case !== "chunk");
  }
  return { header: stream.header, frames: frames() };
}

const arrays = fc.array(
  fc
    .record({
      dataType: fc.constantFrom(...dataTypes),
      first: fc.nat(7),
      rest: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
      seed: fc.nat(99),
    })
    .map(({ dataType, first, rest, seed }) => {
      const shape = [first, ...rest];
      return { dataType, shape, data: noise(dataType, shape, seed), axes: shape.map((_, axis) => `d${axis}`) };
    }),
  { minLength: 1, maxLength: 4 },
);

test.each(protocols)("every array of every type comes back, however it came, protocol %i", async (protocol) => {
  const named = arrays.map((items) => items.map((item, index): MemoryArray => ({ ...item, name: `group/µ ${index}` })));
  await fc.assert(
    fc.asyncProperty(named, fc.boolean(), async (items, unknownLength) => {
      const source = () => memoryStream(items, { unknownLength });
      const { bytes, findings } = await exportToMemory(source(), { protocol });
      const found = unpickle(bytes);
      for (const { name, dataType, shape, data } of items) {
        const array = arrayOf(at(found, "arrays", name));
        expect(array).toEqual({ dataType, shape, fortran: false, bytes: asBytes(data) });
      }
      expect(Array.from((at(found, "arrays") as Map<string, unknown>).keys()).toSorted()).toEqual(
        items.map(({ name }) => name).toSorted(),
      );
      expect(findings.digests).toEqual(await digestsOf(source()));
      expect(findings.losses ?? []).toEqual([]);
      const turns = await exportToMemory(interleaved(source()), { protocol });
      expect(Buffer.from(turns.bytes).equals(bytes)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

test.each(protocols)("arrays larger than a frame, the lead first, protocol %i", async (protocol) => {
  const small = { name: "small", dataType: "uint16" as const, shape: [50, 1000], data: noise("uint16", [50, 1000], 1) };
  const large = { name: "large", dataType: "uint8" as const, shape: [30, 5000], data: noise("uint8", [30, 5000], 2) };
  const { bytes, artifact } = await exportToMemory(interleaved(memoryStream([small, large])), { protocol });
  const found = at(unpickle(bytes), "arrays") as Map<string, unknown>;
  expect([...found.keys()]).toEqual(["large", "small"]);
  expect(Buffer.from(arrayOf(found.get("large")).bytes).equals(large.data)).toBe(true);
  expect(Buffer.from(arrayOf(found.get("small")).bytes).equals(small.data)).toBe(true);
  expect(artifact).toMatchObject({ path: "stack.pkl", formatVersion: `pickle protocol ${protocol}` });
});

test("ragged arrays are lists of arrays, in chunks of any size", async () => {
  const units = [[1, 2, 3], [], [0.5], Array.from({ length: 20_000 }, (_, index) => index / 8)];
  for (const spikesPerChunk of [1, 2, 1000, Number.POSITIVE_INFINITY]) {
    const short = spikesPerChunk < 100 ? units.slice(0, 3) : units;
    const { bytes } = await exportToMemory(spikeStream(short, { spikesPerChunk }));
    const rows = at(unpickle(bytes), "arrays", "spikes/times") as unknown[];
    expect(rows.map((row) => [...new Float64Array(arrayOf(row).bytes.buffer)])).toEqual(short);
  }
});

test("tables: numbers are arrays; texts, and columns with gaps, are lists with None", async () => {
  const table = smallTable("units", 1, { depth: [1.5, 2], label: ["a", null], gap: [null, 4] });
  const integers = {
    spec: TableSpec.fromPartial({
      tableId: 2,
      name: "counts",
      columns: [
        ColumnSpec.fromPartial({ name: "n", dataType: "int64", nullable: true }),
        ColumnSpec.fromPartial({ name: "z", dataType: "complex128", nullable: true }),
        ColumnSpec.fromPartial({ name: "k", dataType: "int16" }),
      ],
    }),
    batches: [0, 1].map((firstRow) => ({
      tableId: 2,
      firstRow,
      rows: 1,
      columns: [
        {
          validity: Uint8Array.of(1 - firstRow),
          offsets: new Uint8Array(0),
          data: asBytes(BigInt64Array.of(-(2n ** 60n))),
        },
        { validity: new Uint8Array(0), offsets: new Uint8Array(0), data: asBytes(Float64Array.of(1, firstRow)) },
        { validity: new Uint8Array(0), offsets: new Uint8Array(0), data: asBytes(Int16Array.of(-7)) },
      ],
    })),
  };
  for (const protocol of protocols) {
    const { bytes } = await exportToMemory(memoryStream([], { tables: [table, integers] }), { protocol });
    const found = unpickle(bytes);
    const depth = arrayOf(at(found, "tables", "units", "depth"));
    expect(depth).toMatchObject({ dataType: "float64", shape: [2], bytes: asBytes(Float64Array.of(1.5, 2)) });
    expect(at(found, "tables", "units", "label")).toEqual(["a", null]);
    expect(at(found, "tables", "units", "gap")).toEqual([null, 4]);
    expect(at(found, "tables", "counts", "n")).toEqual([-(2n ** 60n), null]);
    const complex = at(found, "tables", "counts", "z") as Made[];
    expect(complex.map(({ parameters }) => parameters)).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(complex[0]?.by).toBe(protocol === 2 ? "__builtin__.complex" : "builtins.complex");
    expect(arrayOf(at(found, "tables", "counts", "k"))).toMatchObject({ dataType: "int16", shape: [2] });
    expect(plain(at(found, "table_specs", "counts"))).toMatchObject({ name: "counts", rows: 2 });
  }
});

test("metadata, records and provenance are plain objects; specs have the lengths that came to be", async () => {
  const image = { name: "image", dataType: "float32" as const, shape: [2, 3, 4], data: new Float32Array(24) };
  const dataset = {
    metadata: { whole: 3, real: 2.5, bad: Number.NaN, list: [true, null, "µ"] },
    records: { lab: { door: 1 } },
    provenance: { steps: [{ name: "afm.flatten" }] },
  };
  const { bytes } = await exportToMemory(
    memoryStream([image], { unknownLength: true, imageStack: {}, dataset: dataset as never }),
  );
  const found = unpickle(bytes);
  expect(at(found, "metadata", "whole")).toBe(3n);
  expect(plain(at(found, "metadata"))).toEqual(dataset.metadata);
  expect(plain(at(found, "records"))).toEqual(dataset.records);
  expect(plain(at(found, "provenance"))).toMatchObject({ steps: [{ name: "afm.flatten" }] });
  expect(plain(at(found, "dataset"))).toMatchObject({ imageStacks: [{ imageArray: "image" }] });
  const spec = ArraySpec.fromJSON(plain(at(found, "array_specs", "image")));
  expect(spec.axes.map(({ name, size }) => [name, size])).toEqual([
    ["t", 2],
    ["y", 3],
    ["x", 4],
  ]);
  expect(plain(at(found, "name"))).toBe("memory");
  expect([at(found, "format"), at(found, "format_version")]).toEqual(["sluice.pickle", 1n]);
});

test("an array that ends early has the length to which it came", async () => {
  const image = {
    name: "image",
    dataType: "uint8" as const,
    shape: [2, 3],
    data: noise("uint8", [2, 3], 1),
    axes: ["t", "x"],
  };
  const source = memoryStream([image]);
  const [axis] = source.header.arrays[0]!.axes;
  axis!.size = 9;
  const frames = collect(source.frames);
  async function* cut(): AsyncGenerator<Frame> {
    yield* await frames;
    yield { sequence: 0, content: { $case: "arrayEnd", value: { arrayId: 1, shape: [2, 3] } } };
  }
  const { bytes, findings } = await exportToMemory({ header: source.header, frames: cut() });
  expect(arrayOf(at(unpickle(bytes), "arrays", "image"))).toMatchObject({ shape: [2, 3], bytes: image.data });
  expect(findings.gaps).toEqual([{ array: "image", first: 2, count: 7, filled: false }]);
});

test("an array of 4 GiB needs protocol 4", async () => {
  const { header } = memoryStream([
    { name: "image", dataType: "uint8", shape: [1, 1], data: new Uint8Array(1), axes: ["t", "x"] },
  ]);
  header.arrays[0]!.axes[0]!.size = 2 ** 32;
  expect(checkHeader(header)).toEqual([]);
  for (const protocol of [2, 3]) {
    expect((await pickle.check(header, { protocol })).problems).toMatchObject([
      { reason: "PICKLE_ARRAY_TOO_LARGE", field: "arrays.image", allowed: ["at most 4294967295 bytes"] },
    ]);
  }
  for (const protocol of [4, 5]) expect((await pickle.check(header, { protocol })).problems).toEqual([]);
});

test("the size is foreseen from above", async () => {
  const image = {
    name: "image",
    dataType: "uint16" as const,
    shape: [20, 30, 40],
    data: noise("uint16", [20, 30, 40], 1),
  };
  for (const protocol of protocols) {
    const source = memoryStream([image], { imageStack: {} });
    const { artifactBytes } = await pickle.check(source.header, { protocol });
    const { bytes } = await exportToMemory(source, { protocol });
    expect(artifactBytes).toBeGreaterThanOrEqual(bytes.length);
  }
});

test("options are checked; an export that is aborted stops", async () => {
  const { header } = memoryStream([]);
  const reasons = async (options: Record<string, unknown>) =>
    (await pickle.check(header, options)).problems?.map(({ reason, field }) => [reason, field]);
  expect(await reasons({ protocol: 1 })).toMatchObject([[expect.any(String), "options.protocol"]]);
  expect(await reasons({ rawTraces: false })).toEqual([["OPTION_NOT_APPLICABLE", "options.rawTraces"]]);
  expect(await reasons({ profile: "spikelab" })).toEqual([["SPIKES_MISSING", "dataset.spike_trains"]]);
  const stopped = AbortSignal.abort(new Error("stopped"));
  const export_ = pickle.export(spikeStream([[1]]), {}, memorySink(), testContext("stack", { signal: stopped }));
  await expect(export_).rejects.toThrow("stopped");
});
