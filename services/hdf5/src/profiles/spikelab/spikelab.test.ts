import { expect, test } from "@jest/globals";
import { arrayEndFrame, asBytes, type RawOptions } from "@sluice/core";
import { collect, type MemoryArray, problemOf } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import { LossKind, type Problem } from "@sluice/proto";
import { hdf5 } from "../../exporter.ts";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, gather, smallTable, spikeStream, withFile } from "../../testing/index.ts";

const duration = { durationSeconds: 0.025 };

async function problems(stream: ReturnType<typeof spikeStream>, options: RawOptions): Promise<Problem[]> {
  return (await hdf5.check(stream.header, { profile: "spikelab", ...options })).problems ?? [];
}

async function numbersAt(bytes: Uint8Array, path: string): Promise<number[]> {
  return withFile(bytes, (file) =>
    withHdf5(file, async (open) => {
      const dataset = await open.dataset(path);
      return (await dataset.readValues()).map(Number);
    }),
  );
}

async function attributesAt(bytes: Uint8Array, path: string) {
  return withFile(bytes, (file) =>
    withHdf5(file, async (open) => {
      if (path === "/") return open.attributes();
      return (await open.kindOf(path)) === "group"
        ? (await open.group(path)).attributes()
        : (await open.dataset(path)).attributes();
    }),
  );
}

const sd3 = [[0.005, 0.01, 0.015], [0.0025, 0.02], []];

test("ragged: the ends of the units, and a zero ahead where SpikeLab would lose the first", async () => {
  const plain = await exportToMemory(spikeStream(sd3, { spikes: duration }), { profile: "spikelab" });
  expect(await numbersAt(plain.bytes, "spike_times")).toEqual([0.005, 0.01, 0.015, 0.0025, 0.02]);
  expect(await numbersAt(plain.bytes, "spike_times_index")).toEqual([3, 5, 5]);
  expect((await attributesAt(plain.bytes, "spike_times_index")).get("convention")).toBe("cumulative_end");
  const first = await exportToMemory(spikeStream([[], [0.005], []], { spikes: duration }), { profile: "spikelab" });
  expect(await numbersAt(first.bytes, "spike_times_index")).toEqual([0, 0, 1, 1]);
  expect((await attributesAt(first.bytes, "spike_times_index")).get("convention")).toBe("leading_zero");
  const silent = await exportToMemory(spikeStream([[], []], { spikes: duration }), { profile: "spikelab" });
  expect(await numbersAt(silent.bytes, "spike_times_index")).toEqual([0, 0]);
});

test("group, paired and raster hold what SpikeLab's exporter writes", async () => {
  const write = async (options: RawOptions) =>
    (await exportToMemory(spikeStream(sd3, { spikes: duration }), { profile: "spikelab", ...options })).bytes;
  const group = await write({ style: "group", timeUnit: "samples", samplingRateHz: 20_000, groupPerUnit: "cells/all" });
  expect(await numbersAt(group, "cells/all/0")).toEqual([100, 200, 300]);
  expect(await numbersAt(group, "cells/all/2")).toEqual([]);
  expect((await attributesAt(group, "cells/all/1")).get("sampling_rate_hz")).toBe(20_000);
  const paired = await write({ style: "Paired", timeUnit: "ms" });
  expect(await numbersAt(paired, "idces")).toEqual([0, 0, 0, 1, 1]);
  expect(await numbersAt(paired, "times")).toEqual([5, 10, 15, 2.5, 20]);
  expect((await attributesAt(paired, "times")).get("unit")).toBe("ms");
  const raster = await write({ style: "raster", rasterBinMs: 5 });
  expect(await numbersAt(raster, "raster")).toEqual([1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect((await attributesAt(raster, "raster")).get("bin_size_ms")).toBe(5);
});

test.each([
  { units: 150, bins: 3 },
  { units: 2, bins: 70_000 },
  { units: 2, bins: 0 },
])("rows of a raster that fill a chunk together, or several: $units units, $bins bins", async ({ units, bins }) => {
  const counts = Array.from({ length: units * bins }, (_, index) => (index % 7 === 3 ? 1 + (index % 2) : 0));
  const trains = Array.from({ length: units }, (_, unit) =>
    counts
      .slice(unit * bins, (unit + 1) * bins)
      .flatMap((count, bin) => Array.from({ length: count }, () => (bin + 0.5) * 0.002)),
  );
  const stream = spikeStream(trains, { spikes: { durationSeconds: bins * 0.002 } });
  const { bytes } = await exportToMemory(stream, { profile: "spikelab", style: "raster", rasterBinMs: 2 });
  const written = await withFile(bytes, (file) =>
    withHdf5(file, async (open) => (await open.dataset("raster")).read()),
  );
  expect(Buffer.compare(written, asBytes(Int32Array.from(counts)))).toBe(0);
});

test("a dry run tells the memory, and the size where it is known; the report tells what became of the chunks", async () => {
  const rows = Array.from({ length: 40_000 }, (_, sample) => sample % 200);
  const raw: MemoryArray = {
    name: "raw",
    dataType: "int16",
    shape: [20_000, 2],
    data: Int16Array.from(rows),
    axes: [{ name: "sample", unit: "second", scale: 0.001 }, "channel"],
  };
  const stream = spikeStream(sd3, { spikes: { ...duration, rawArray: "raw" }, arrays: [raw] });
  const outlook = async (options: RawOptions) => hdf5.check(stream.header, { profile: "spikelab", ...options });
  const { artifactBytes, memoryBytes } = await outlook({ style: "raster" });
  const { bytes } = await exportToMemory(stream, { profile: "spikelab", style: "raster", compression: "none" });
  expect(artifactBytes).toBeGreaterThanOrEqual(bytes.length);
  expect(artifactBytes).toBeLessThan(2 * bytes.length);
  expect(memoryBytes).toBeGreaterThan(2 ** 22 + 2 * 80_000);
  expect((await outlook({})).artifactBytes).toBeUndefined();
  expect((await outlook({})).memoryBytes).toBeGreaterThan(2 ** 22 + 2 * 80_000);
  const { artifact } = await exportToMemory(stream, { profile: "spikelab" });
  // The traces, and three chunks of 64 KiB of the times of their samples.
  expect(artifact).toMatchObject({
    formatVersion: "HDF5 1.8, SpikeLab ragged",
    encoding: { codec: "deflate", rawBytes: 80_000 + 3 * 65_536 },
  });
});

test("bins are open on the left and closed on the right, and the start is in the first", async () => {
  const spikes = { startTimeSeconds: -0.1, durationSeconds: 0.015 };
  const stream = spikeStream([[-0.1, -0.095, -0.09, -0.085]], { spikes });
  const { bytes, findings } = await exportToMemory(stream, { profile: "spikelab", style: "raster", rasterBinMs: 5 });
  expect(await numbersAt(bytes, "raster")).toEqual([2, 1, 1]);
  expect((await attributesAt(bytes, "raster")).get("time_origin_ms")).toBe(-100);
  expect(findings.losses).toEqual([
    expect.objectContaining({ kind: LossKind.LOSS_KIND_CAST, field: "arrays.spikes/times", maxError: 0.005 }),
  ]);
});

test("the file covers its last spike as SpikeLab reads it", async () => {
  // 0.0671 + 0.5002 in seconds is one place beyond the end of the recording in milliseconds, and so are samples.
  for (const [time, timeUnit] of [
    [0.5673, "s"],
    [0.567349, "samples"],
    [0.0671, "samples"],
  ] as const) {
    const spikes = { startTimeSeconds: 0.0671, durationSeconds: time - 0.0671, samplingRateHz: 1000 };
    const { bytes } = await exportToMemory(spikeStream([[time]], { spikes }), { profile: "spikelab", timeUnit });
    const root = await attributesAt(bytes, "/");
    const [stored] = await numbersAt(bytes, "spike_times");
    const [start, length] = [root.get("start_time") as number, root.get("length_ms") as number];
    const loadedMs = timeUnit === "s" ? stored! * 1e3 : (stored! / 1000) * 1e3;
    expect(loadedMs).toBeGreaterThanOrEqual(start);
    expect(loadedMs).toBeLessThanOrEqual(start + length);
  }
});

test("the root says how the file is to be read", async () => {
  const spikes = { ...duration, samplingRateHz: 30_000 };
  const dataset = { name: "m1", metadata: { note: "ä" }, records: { setup: { gain: 2 } } };
  const { bytes } = await exportToMemory(spikeStream(sd3, { spikes, dataset }), { profile: "spikelab" });
  const root = Object.fromEntries(await attributesAt(bytes, "/"));
  expect(root).toMatchObject({
    start_time: 0,
    length_ms: 25,
    style: "ragged",
    spike_times_dataset: "spike_times",
    spike_times_index_dataset: "spike_times_index",
    sampling_rate_hz: 30_000,
    metadata: '{"note":"ä"}',
    records: '{"setup":{"gain":2}}',
  });
  expect(Number(root["unit_count"])).toBe(3);
  await withFile(bytes, async (path) => {
    const { header } = await hdf5Loader.load(path, {});
    expect(header.dataset).toMatchObject({ name: "m1", metadata: { note: "ä" }, records: { setup: { gain: 2 } } });
    expect(header.dataset.spikeTrains[0]).toMatchObject({ samplingRateHz: 30_000, durationSeconds: 0.025 });
  });
});

const traces: MemoryArray = {
  name: "spikes/raw",
  dataType: "int16",
  shape: [5, 2],
  data: Int16Array.from([1, -1, 2, -2, 3, -3, 4, -4, 5, -5]),
  axes: [
    { name: "sample", unit: "second", scale: 0.001, origin: 0.5 },
    { name: "channel", labels: ["a", "b"] },
  ],
  spec: { unit: "uV", valueScale: 0.195 },
};
const withRaw = { startTimeSeconds: 0.5, durationSeconds: 0.005, rawArray: "spikes/raw" };

test("raw traces stand as [channel, sample] with their times, and come back as they were", async () => {
  const stream = spikeStream([[0.501]], { spikes: withRaw, arrays: [traces] });
  const { bytes, findings } = await exportToMemory(stream, { profile: "spikelab", rawTimeUnit: "ms" });
  expect(await numbersAt(bytes, "raw")).toEqual([1, 2, 3, 4, 5, -1, -2, -3, -4, -5]);
  expect(await numbersAt(bytes, "raw_time")).toEqual([500, 501, 502, 503, 504]);
  expect(findings.losses).toEqual([expect.objectContaining({ kind: LossKind.LOSS_KIND_TRANSPOSED })]);
  await withFile(bytes, async (path) => {
    const loaded = await hdf5Loader.load(path, {});
    const [, raw] = loaded.header.arrays;
    expect(raw).toMatchObject({ name: "spikes/raw", dataType: "int16", unit: "uV", valueScale: 0.195 });
    expect(raw?.axes.map(({ name, size }) => [name, size])).toEqual([
      ["sample", 5],
      ["channel", 2],
    ]);
    expect(raw?.axes[0]?.scale).toBeCloseTo(0.001, 12);
    expect(raw?.axes[1]?.labels).toEqual(["a", "b"]);
    expect(findings.digests).toHaveLength(2);
    expect((await gather(loaded)).digests).toEqual(findings.digests);
  });
});

test("irregular times of raw samples stay as they are", async () => {
  const times = {
    name: "clock",
    dataType: "float64",
    shape: [5],
    data: Float64Array.of(0, 0.001, 0.003, 0.0031, 0.005),
  };
  const axes = [{ name: "sample", unit: "second", coordinatesArray: "clock" }, "channel"];
  const arrays: MemoryArray[] = [{ ...traces, axes }, times as MemoryArray];
  const stream = spikeStream([[0.001]], { spikes: { ...duration, rawArray: "spikes/raw" }, arrays });
  const { bytes } = await exportToMemory(stream, { profile: "spikelab" });
  expect(await numbersAt(bytes, "raw_time")).toEqual([0, 0.001, 0.003, 0.0031, 0.005]);
  await withFile(bytes, async (path) => {
    const loaded = await hdf5Loader.load(path, {});
    const [, raw, clock] = loaded.header.arrays;
    expect(raw?.axes[0]?.coordinatesArray).toBe(clock?.name);
    const chunk = (await collect(loaded.frames)).find(
      ({ content }) => content?.$case === "chunk" && content.value.arrayId === clock?.arrayId,
    );
    const data = chunk?.content?.$case === "chunk" ? chunk.content.value.data : new Uint8Array(0);
    expect([...new Float64Array(data.slice().buffer)]).toEqual([0, 0.001, 0.003, 0.0031, 0.005]);
  });
});

test("attributes of units and electrodes stand beside the spikes and come back", async () => {
  const tables = [
    smallTable("cells", 1, { label: ["good", null, "mua"], depth: [1.5, 2, null] }),
    smallTable("probe", 2, { x: [0, 20] }),
  ];
  const spikes = { ...duration, unitsTable: "cells", electrodesTable: "probe" };
  const { bytes } = await exportToMemory(spikeStream(sd3, { spikes, tables }), { profile: "spikelab", style: "group" });
  expect(await numbersAt(bytes, "electrodes/x")).toEqual([0, 20]);
  await withFile(bytes, async (path) => {
    const loaded = await hdf5Loader.load(path, {});
    expect(loaded.header.dataset.spikeTrains[0]).toMatchObject({ unitsTable: "cells", electrodesTable: "probe" });
    const hex = (value: number) => Buffer.from(Float64Array.of(value).buffer).toString("hex");
    expect((await gather(loaded)).tables).toEqual({
      cells: [
        ["good", hex(1.5)],
        [null, hex(2)],
        ["mua", null],
      ],
      probe: [[hex(0)], [hex(20)]],
    });
  });
});

test("times in samples are rounded, and the report says by how much", async () => {
  const stream = spikeStream([[0.0014, 0.002]], { spikes: { ...duration, samplingRateHz: 1000 } });
  const { bytes, findings } = await exportToMemory(stream, { profile: "spikelab", timeUnit: "samples" });
  expect(await numbersAt(bytes, "spike_times")).toEqual([1, 2]);
  expect(findings.losses?.[0]).toMatchObject({ kind: LossKind.LOSS_KIND_CAST, count: 1 });
  expect(findings.losses?.[0]?.maxError).toBeCloseTo(0.0004, 12);
});

const spiky = spikeStream(sd3, { spikes: duration });
const openRaw: MemoryArray = { ...traces, axes: ["sample", "channel"] };

test.each([
  ["an unknown style", spiky, { style: "invalid" }, "OPTION_INVALID"],
  ["an empty style", spiky, { style: "" }, "OPTION_INVALID"],
  ["samples without a rate", spiky, { timeUnit: "samples" }, "SAMPLING_RATE_MISSING"],
  ["a rate of zero", spiky, { timeUnit: "samples", samplingRateHz: 0 }, "OPTION_INVALID"],
  ["a negative rate", spiky, { timeUnit: "samples", samplingRateHz: -1 }, "OPTION_INVALID"],
  ["raw samples without a rate", spiky, { rawTimeUnit: "samples" }, "SAMPLING_RATE_MISSING"],
  ["an unknown unit", spiky, { timeUnit: "us" }, "OPTION_INVALID"],
  ["an unknown raw unit", spiky, { rawTimeUnit: "invalid" }, "OPTION_INVALID"],
  ["bins of no width", spiky, { style: "raster", rasterBinMs: 0 }, "OPTION_INVALID"],
  ["bins of negative width", spiky, { style: "raster", rasterBinMs: -1 }, "OPTION_INVALID"],
  ["bins of NaN", spiky, { style: "raster", rasterBinMs: Number.NaN }, "OPTION_INVALID"],
  ["bins without number", spiky, { style: "raster", rasterBinMs: 1e-9 }, "RASTER_TOO_LONG"],
  ["a raster of unknown length", spikeStream(sd3), { style: "raster" }, "DURATION_MISSING"],
  ["one name for two", spiky, { spikeTimesDataset: "a", spikeTimesIndexDataset: "/a" }, "NAME_CONFLICT"],
  ["a name inside another", spiky, { spikeTimesDataset: "a", spikeTimesIndexDataset: "a/b" }, "NAME_CONFLICT"],
  ["an option of another style", spiky, { rasterBinMs: 5 }, "OPTION_WITHOUT_EFFECT"],
  ["no spikes", spikeStream([], { dataset: { spikeTrains: [] } }), {}, "SPIKES_MISSING"],
  [
    "raw traces without times",
    spikeStream([], { spikes: { ...duration, rawArray: "spikes/raw" }, arrays: [openRaw] }),
    {},
    "RAW_TIMES_MISSING",
  ],
  [
    "raw traces of truth values",
    spikeStream([], { spikes: withRaw, arrays: [{ ...traces, dataType: "bool", data: new Uint8Array(10) }] }),
    {},
    "RAW_TYPE_UNFIT",
  ],
])("%s is named before the first byte", async (_, stream, options, reason) => {
  expect((await problems(stream, options)).map((problem) => problem.reason)).toContain(reason);
});

test.each([
  ["NaN", [[Number.NaN]], "SPIKE_TIME_INVALID"],
  ["infinity", [[Number.POSITIVE_INFINITY]], "SPIKE_TIME_INVALID"],
  ["a spike before the start", [[-0.001]], "SPIKE_OUTSIDE_RECORDING"],
  ["a spike behind the end", [[], [0.026]], "SPIKE_OUTSIDE_RECORDING"],
])("%s ends the export", async (_, units, reason) => {
  const { reason: found } = await problemOf(() =>
    exportToMemory(spikeStream(units, { spikes: duration }), { profile: "spikelab" }),
  );
  expect(found).toBe(reason);
});

test("what has no place in SpikeLab's files is named as a loss", async () => {
  const other: MemoryArray = {
    name: "spikes/templates",
    dataType: "float32",
    shape: [1, 1, 1],
    data: new Float32Array(1),
  };
  const stream = spikeStream(sd3, { spikes: { ...duration, rawArray: "spikes/raw" }, arrays: [traces, other] });
  const { losses } = await hdf5.check(stream.header, { profile: "spikelab", rawTraces: false });
  expect(losses?.map(({ field }) => field)).toEqual(["arrays.spikes/raw", "arrays.spikes/templates"]);
});

test("units that SpikeLab's loader cannot see in a paired file are named", async () => {
  const { findings } = await exportToMemory(spikeStream(sd3, { spikes: duration }), {
    profile: "spikelab",
    style: "paired",
  });
  expect(findings.warnings).toEqual([expect.objectContaining({ reason: "SPIKELAB_UNITS_NOT_SEEN" })]);
});

test("spikes that do not ascend stand as they came, with a warning", async () => {
  const stream = spikeStream([[0.01, 0.005]], { spikes: duration });
  const { bytes, findings } = await exportToMemory(stream, { profile: "spikelab" });
  expect(await numbersAt(bytes, "spike_times")).toEqual([0.01, 0.005]);
  expect(findings.warnings).toEqual([expect.objectContaining({ reason: "SPIKES_UNSORTED", got: "1 units" })]);
  expect(findings.digests).toMatchObject([{ array: "spikes/times" }]);
});

test("raw traces must be of known length, and complete", async () => {
  const open = spikeStream([[0.501]], { spikes: withRaw, arrays: [traces] });
  const sample = open.header.arrays[1]?.axes[0];
  if (sample) sample.size = undefined;
  expect((await problems(open, {})).map(({ reason }) => reason)).toEqual(["RAW_LENGTH_UNKNOWN"]);
  expect(await problems(open, { rawTraces: false })).toEqual([]);

  const short = spikeStream([[0.501]], { spikes: withRaw, arrays: [traces] });
  const end = { arrayId: short.header.arrays[1]?.arrayId ?? 0, shape: [3, 2] };
  const cut = (await collect(short.frames)).filter(
    ({ content }) => content?.$case !== "chunk" || (content.value.offset[0] as number) < 3,
  );
  const frames = (async function* () {
    yield* cut;
    yield arrayEndFrame(end);
  })();
  const problem = await problemOf(() => exportToMemory({ header: short.header, frames }, { profile: "spikelab" }));
  expect(problem).toMatchObject({ reason: "RAW_ENDED_EARLY", got: "3 samples" });
});
