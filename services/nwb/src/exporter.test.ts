import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { isError, type RawOptions } from "@sluice/core";
import { type MemoryArray, problemOf } from "@sluice/core/testing";
import { type Hdf5File, ObjectReference, withHdf5 } from "@sluice/hdf5";
import { readStructure } from "@sluice/hdf5/testing";
import { LossKind, Origin } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { nwb } from "./index.ts";
import { describedSession, exportToMemory, fullStream, rawCounts, testContext, withFile } from "./testing/index.ts";

const dataset = { sessionStartTime: new Date("2025-11-01T09:30:00Z"), name: "d" };
const spikes = { durationSeconds: 0.025, samplingRateHz: 20_000 };

async function opened<T>(bytes: Uint8Array, use: (file: Hdf5File) => Promise<T>): Promise<T> {
  return withFile(bytes, (path) => withHdf5(path, use));
}

async function numbers(file: Hdf5File, path: string): Promise<unknown[]> {
  const values = await (await file.dataset(path)).readValues();
  return values.map((value) => (typeof value === "bigint" ? Number(value) : value));
}

test("a recording with everything stands where NWB has it", async () => {
  const { bytes, artifact, findings } = await exportToMemory(fullStream());
  expect(artifact).toMatchObject({ path: "file.nwb", mediaType: "application/x-nwb", formatVersion: "2.8.0" });
  const { groups, softLinks } = readStructure(bytes);
  for (const path of ["/acquisition", "/analysis", "/processing", "/stimulus/presentation", "/stimulus/templates"]) {
    expect(groups).toContain(path);
  }
  expect(softLinks).toEqual(
    new Map(
      ["shank0", "shank1"].map((name) => [`/general/extracellular_ephys/${name}/device`, "/general/devices/probe"]),
    ),
  );
  await opened(bytes, async (file) => {
    const root = await file.attributes();
    expect(Object.fromEntries(root)).toMatchObject({
      neurodata_type: "NWBFile",
      namespace: "core",
      nwb_version: "2.8.0",
      start_time: 0,
      length_ms: 3000,
    });
    expect((root.get(".specloc") as ObjectReference).target).toBe("/specifications");
    const text = async (path: string) => (await file.dataset(path)).readText();
    expect(await text("session_start_time")).toEqual(["2025-11-01T09:30:00.123+00:00"]);
    expect(await text("file_create_date")).toEqual(["2026-01-02T03:04:05.678+00:00"]);
    expect(await text("general/experimenter")).toEqual(["Doe, Jane"]);
    expect(await text("general/subject/species")).toEqual(["Mus musculus"]);
    expect(JSON.parse((await text("specifications/core/2.8.0/namespace"))[0] as string)).toMatchObject({
      namespaces: [{ name: "core", version: "2.8.0" }],
    });
    expect(await numbers(file, "units/id")).toEqual([5, 6, 9]);
    expect(await numbers(file, "units/spike_times")).toEqual([0.005, 0.01, 0.0151, 0.0025, 0.02]);
    expect(await numbers(file, "units/spike_times_index")).toEqual([3, 5, 5]);
    expect(await numbers(file, "units/obs_intervals")).toEqual([0, 3, 0, 3, 0, 3]);
    expect(await numbers(file, "units/electrodes")).toEqual([0, 1, 2]);
    expect(await text("units/quality")).toEqual(["good", "mua", "good"]);
    const times = await (await file.dataset("units/spike_times")).attributes();
    expect(times.get("resolution")).toBe(1 / 20_000);
    const index = await (await file.dataset("units/spike_times_index")).attributes();
    expect((index.get("target") as ObjectReference).target).toBe("/units/spike_times");
    expect((await (await file.group("units")).attributes()).get("colnames")).toEqual([
      "spike_times",
      "obs_intervals",
      "electrodes",
      "waveform_mean",
      "cluster_id",
      "electrode",
      "quality",
      "depth",
    ]);
    const table = "general/extracellular_ephys/electrodes";
    expect(await numbers(file, `${table}/id`)).toEqual([1, 2, 7, 8]);
    expect(await text(`${table}/location`)).toEqual(["CA1", "CA1", "VISp", "VISp"]);
    const groupOf = await (await file.dataset(`${table}/group`)).readValues();
    expect((groupOf[3] as ObjectReference).target).toBe("/general/extracellular_ephys/shank1");
    const data = await file.dataset("acquisition/ElectricalSeries/data");
    expect(Object.fromEntries(await data.attributes())).toMatchObject({
      unit: "volts",
      conversion: 0.195e-6,
      offset: 0,
      resolution: -1,
    });
    expect(new Int16Array((await data.read()).slice().buffer)).toEqual(rawCounts());
    const start = await (await file.dataset("acquisition/ElectricalSeries/starting_time")).attributes();
    expect(start.get("rate")).toBe(20_000);
    expect(await numbers(file, "acquisition/ElectricalSeries/electrodes")).toEqual([0, 1, 2, 3]);
    expect(await text("intervals/trials/stimulus")).toEqual(["grating", "noise", "grating"]);
    expect(await numbers(file, "intervals/epochs/stop_time")).toEqual([1.5, 3]);
    expect((await file.dataset("units/waveform_mean")).shape).toEqual([3, 10, 4]);
  });
  expect(findings).toMatchObject({ warnings: [], losses: [], gaps: [] });
  expect(findings.digests?.map(({ array }) => array)).toEqual(["spikes/times", "raw", "templates"]);
});

test("nothing is invented: what is not said is left out, or is a default that the report names", async () => {
  const tables = [smallTable("units", 1, { channel: [4, 7, 4] })];
  const stream = spikeStream([[0.005], [0.01], []], { spikes: { ...spikes, unitsTable: "units" }, dataset, tables });
  const { bytes, findings } = await exportToMemory(stream);
  expect(findings.origins?.map(({ field, origin }) => [field, origin])).toEqual(
    [
      "dataset.metadata.session_description",
      "dataset.metadata.identifier",
      "dataset.metadata.electrode_groups.electrode_group.location",
      "dataset.metadata.electrode_groups.electrode_group.description",
      "electrodes.location",
      "dataset.metadata.devices",
    ].map((field) => [field, Origin.ORIGIN_DEFAULTED]),
  );
  const { datasets } = readStructure(bytes);
  expect([...datasets.keys()].filter((path) => path.startsWith("/general/") && !path.includes("/electrodes/"))).toEqual(
    ["/general/was_generated_by"],
  );
  await opened(bytes, async (file) => {
    expect(await (await file.dataset("session_description")).readText()).toEqual(["d"]);
    expect(await numbers(file, "general/extracellular_ephys/electrodes/id")).toEqual([4, 7]);
    expect(await numbers(file, "units/electrodes")).toEqual([0, 1, 0]);
  });
});

test.each(["2.8.0", "2.9.0", "2.10.0"])("schema %s: one version of it is in the cache", async (schemaVersion) => {
  const { bytes } = await exportToMemory(fullStream(), { schemaVersion });
  await opened(bytes, async (file) => {
    const names = async (path: string) => (await (await file.group(path)).children()).map(({ name }) => name);
    expect(await names("specifications/core")).toEqual([schemaVersion]);
    const electrodes = await (await file.group("general/extracellular_ephys/electrodes")).attributes();
    expect(electrodes.get("neurodata_type")).toBe(schemaVersion === "2.8.0" ? "DynamicTable" : "ElectrodesTable");
    expect(await names("specifications/hdmf-common")).toEqual([schemaVersion === "2.10.0" ? "1.9.0" : "1.8.0"]);
  });
});

async function problems(stream: ReturnType<typeof spikeStream>, options: RawOptions = {}) {
  return (await nwb.check(stream.header, options)).problems ?? [];
}

test("a request without a session start is refused before a byte, and the option gives one", async () => {
  const stream = spikeStream([[0.005]], { spikes, dataset: { name: "d" } });
  const errors = (await problems(stream)).filter(isError);
  expect(errors).toEqual([
    expect.objectContaining({ reason: "SESSION_START_MISSING", field: "dataset.session_start_time" }),
  ]);
  expect((await problemOf(() => exportToMemory(stream))).reason).toBe("SESSION_START_MISSING");
  const { bytes } = await exportToMemory(stream, { sessionStartTime: "2025-11-01 09:30:00.5+0100" });
  await opened(bytes, async (file) => {
    expect(await (await file.dataset("session_start_time")).readText()).toEqual(["2025-11-01T09:30:00.5+01:00"]);
  });
  expect((await problems(stream, { sessionStartTime: "2025-11-01T09:30:00" })).find(isError)).toMatchObject({
    reason: "TIME_INVALID",
    field: "options.sessionStartTime",
  });
});

test("spikes before the session or the recording, and units that do not ascend", async () => {
  const before = spikeStream([[-0.05, 0.005]], {
    spikes: { ...spikes, startTimeSeconds: -0.1, durationSeconds: 0.2 },
    dataset,
  });
  expect((await problems(before)).map(({ reason }) => reason)).toContain("RECORDING_BEFORE_SESSION");
  const { findings, bytes } = await exportToMemory(before);
  expect(findings.warnings?.map(({ reason }) => reason)).toContain("SPIKES_BEFORE_SESSION");
  await opened(bytes, async (file) => expect((await file.attributes()).get("start_time")).toBe(-100));
  const outside = await problemOf(() => exportToMemory(spikeStream([[-0.001]], { spikes, dataset })));
  expect(outside.reason).toBe("SPIKE_OUTSIDE_RECORDING");
  const unsorted = await exportToMemory(spikeStream([[0.01, 0.005]], { spikes, dataset }));
  expect(unsorted.findings.warnings?.map(({ reason }) => reason)).toContain("SPIKES_UNSORTED");
  expect(unsorted.findings.digests).toMatchObject([{ array: "spikes/times" }]);
});

test("electrodes of a mouse without a location are named before the first byte, or when they come", async () => {
  const subject = { subject: { subject_id: "m", species: "Mus musculus", sex: "M", age: "P9D" } };
  const tables = [smallTable("units", 1, { channel: [4] })];
  const stream = spikeStream([[0.005]], {
    spikes: { ...spikes, unitsTable: "units" },
    tables,
    dataset: { ...dataset, metadata: subject },
  });
  expect(await problems(stream)).toEqual([expect.objectContaining({ reason: "ELECTRODE_LOCATION_UNKNOWN" })]);
  const located = { metadata: { electrode_groups: [{ name: "g", location: "CA1", description: "A group." }] } };
  expect(await problems(stream, located)).toEqual([]);
  const table = smallTable("e", 2, { location: ["CA1", "unknown"] });
  const streamed = spikeStream([[0.005]], {
    spikes: { ...spikes, electrodesTable: "e" },
    tables: [table],
    dataset: { ...dataset, metadata: subject },
  });
  expect(await problems(streamed)).toEqual([]);
  expect((await exportToMemory(streamed)).findings.warnings).toEqual([
    expect.objectContaining({ reason: "ELECTRODE_LOCATION_UNKNOWN", got: "1 electrodes" }),
  ]);
});

const traces = (spec: MemoryArray["spec"]): MemoryArray => ({
  name: "raw",
  dataType: "int16",
  shape: [5, 2],
  data: Int16Array.from([1, -1, 2, -2, 3, -3, 4, -4, 5, -5]),
  axes: [{ name: "sample", unit: "second", scale: 0.001, origin: 0.5 }, "channel"],
  ...(spec ? { spec } : {}),
});
const withRaw = { ...spikes, rawArray: "raw" };

test.each([
  [
    "raw traces of no known unit",
    spikeStream([], { spikes: withRaw, arrays: [traces({})], dataset }),
    {},
    "RAW_UNIT_UNKNOWN",
  ],
  [
    "raw traces of truth values",
    spikeStream([], {
      spikes: withRaw,
      arrays: [{ ...traces({}), dataType: "bool", data: new Uint8Array(10) }],
      dataset,
    }),
    {},
    "RAW_TYPE_UNFIT",
  ],
  ["nothing to write", spikeStream([], { dataset: { ...dataset, spikeTrains: [] } }), {}, "CONTENT_MISSING"],
  [
    "a device with a slash",
    spikeStream([], { spikes, dataset: { ...dataset, metadata: { devices: [{ name: "a/b" }] } } }),
    {},
    "NAME_WITH_SLASH",
  ],
  [
    "keywords that are no texts",
    spikeStream([], { spikes, dataset }),
    { metadata: { keywords: [1] } },
    "METADATA_INVALID",
  ],
  ["an unknown version", spikeStream([], { spikes, dataset }), { schemaVersion: "2.7.0" }, "OPTION_INVALID"],
])("%s is an error before the first byte", async (_, stream, options, reason) => {
  const found = await problems(stream, options);
  expect(found.filter(isError).map((problem) => problem.reason)).toEqual([reason]);
});

test("raw traces: unit by option, gains of channels, times of samples, unknown length", async () => {
  const clock: MemoryArray = { name: "clock", dataType: "float64", shape: [5], data: Float64Array.of(0, 1, 2, 4, 9) };
  const array: MemoryArray = {
    ...traces({ attributes: { channel_conversion: [1, 2] } }),
    axes: [{ name: "sample", unit: "second", coordinatesArray: "clock" }, "channel"],
  };
  const stream = spikeStream([[0.005]], { spikes: withRaw, arrays: [array, clock], dataset });
  const { bytes, findings } = await exportToMemory(stream, { rawUnit: "mV" });
  expect(findings.digests?.map(({ array: name }) => name)).toEqual(["spikes/times", "raw", "clock"]);
  await opened(bytes, async (file) => {
    const series = await file.group("acquisition/ElectricalSeries");
    expect((await (await series.dataset("data")).attributes()).get("conversion")).toBe(0.001);
    expect(await numbers(file, "acquisition/ElectricalSeries/channel_conversion")).toEqual([1, 2]);
    expect(await numbers(file, "acquisition/ElectricalSeries/timestamps")).toEqual([0, 1, 2, 4, 9]);
    expect(await series.has("starting_time")).toBe(false);
  });
});

test("times of samples: milliseconds become seconds; even ones and unordered ones are named", async () => {
  const told = async (clock: MemoryArray) => {
    const axes = [{ name: "sample", unit: "millisecond", coordinatesArray: "clock" }, "channel"];
    const arrays = [
      { ...traces({ unit: "mV" }), axes },
      { ...clock, name: "clock", shape: [5] },
    ];
    const { findings, bytes } = await exportToMemory(spikeStream([[0.005]], { spikes: withRaw, arrays, dataset }));
    const times = await opened(bytes, (file) => numbers(file, "acquisition/ElectricalSeries/timestamps"));
    return {
      times,
      reasons: findings.warnings?.map(({ reason }) => reason).filter((reason) => reason.startsWith("RAW")),
    };
  };
  const clock = { name: "", shape: [5], dataType: "int32" } as const;
  expect(await told({ ...clock, data: Int32Array.of(0, 1, 2, 3, 4) })).toEqual({
    times: [0, 0.001, 0.002, 0.003, 0.004],
    reasons: ["RAW_TIMES_REGULAR"],
  });
  expect((await told({ ...clock, data: Int32Array.of(0, 2, 1, 3, 4) })).reasons).toEqual(["RAW_TIMES_UNORDERED"]);
});

test("raw traces are scaled or named, and electrodes must be known for each channel", async () => {
  const unscaled = spikeStream([[0.005]], { spikes: withRaw, arrays: [traces({ unit: "V" })], dataset });
  expect((await problems(unscaled)).map(({ reason }) => reason)).toContain("RAW_UNSCALED");
  const tables = [smallTable("e", 2, { label: ["a", "b", "c"] })];
  const table = { ...withRaw, electrodesTable: "e" };
  const apart = spikeStream([[0.005]], { spikes: table, arrays: [traces({ unit: "mV" })], tables, dataset });
  const found = await exportToMemory(apart);
  await opened(found.bytes, async (file) =>
    expect(await numbers(file, "acquisition/ElectricalSeries/electrodes")).toEqual([0, 1]),
  );
  const labelled = {
    ...traces({ unit: "mV" }),
    axes: [
      { name: "sample", scale: 1, unit: "s" },
      { name: "c", labels: ["c", "a"] },
    ],
  };
  const named = await exportToMemory(spikeStream([[0.005]], { spikes: table, arrays: [labelled], tables, dataset }));
  await opened(named.bytes, async (file) =>
    expect(await numbers(file, "acquisition/ElectricalSeries/electrodes")).toEqual([2, 0]),
  );
  const ids = [smallTable("e", 2, { id: [10, 11, 12] })];
  const unknown = spikeStream([[0.005]], { spikes: table, arrays: [traces({ unit: "mV" })], tables: ids, dataset });
  expect((await problemOf(() => exportToMemory(unknown))).reason).toBe("ELECTRODES_MISMATCH");
});

test("units name their electrodes by id or by label; one that is not known is none", async () => {
  const electrodes = smallTable("e", 2, { id: [10, 11], label: ["a", "b"] });
  const regions = async (channel: readonly (number | string | null)[]) => {
    const tables = [smallTable("units", 1, { channel }), electrodes];
    const stream = spikeStream([[0.005], [0.01], []], {
      spikes: { ...spikes, unitsTable: "units", electrodesTable: "e" },
      tables,
      dataset,
    });
    const { bytes, findings } = await exportToMemory(stream);
    const warned = findings.warnings?.some(({ reason }) => reason === "ELECTRODE_UNKNOWN");
    return opened(bytes, async (file) => {
      if (!(await file.has("units/electrodes"))) return { warned };
      return {
        warned,
        rows: await numbers(file, "units/electrodes"),
        ends: await numbers(file, "units/electrodes_index"),
      };
    });
  };
  expect(await regions([11, 10, 11])).toEqual({ warned: false, rows: [1, 0, 1], ends: [1, 2, 3] });
  expect(await regions([11, null, 10])).toEqual({ warned: false, rows: [1, 0], ends: [1, 1, 2] });
  expect(await regions([11, 12, 10])).toEqual({ warned: true, rows: [1, 0], ends: [1, 1, 2] });
  expect(await regions(["b", null, "a"])).toEqual({ warned: false, rows: [1, 0], ends: [1, 1, 2] });
  expect(await regions(["b", "z", "a"])).toEqual({ warned: true });
});

test("a recording that nobody sorted has no table of units; one of no unit has an empty one", async () => {
  const raw = await exportToMemory(spikeStream([], { spikes: withRaw, arrays: [traces({ unit: "mV" })], dataset }));
  expect(readStructure(raw.bytes).groups).not.toContain("/units");
  const none = await exportToMemory(spikeStream([], { spikes, dataset }));
  expect(none.findings.warnings?.map(({ reason }) => reason)).toContain("UNITS_EMPTY");
  await opened(none.bytes, async (file) => expect(await numbers(file, "units/id")).toEqual([]));
});

test("what NWB has no cell for is a loss: missing texts and integers; columns with its names are renamed", async () => {
  const tables = [smallTable("units", 1, { "a/b": ["x", null], spike_times: [1, 2] })];
  const stream = spikeStream([[0.005], []], { spikes: { ...spikes, unitsTable: "units" }, tables, dataset });
  const { findings, bytes } = await exportToMemory(stream);
  expect(findings.losses).toEqual([
    expect.objectContaining({ kind: LossKind.LOSS_KIND_DROPPED, field: "tables.units.a/b" }),
  ]);
  expect(findings.warnings?.filter(({ reason }) => reason === "COLUMN_RENAMED").map(({ got }) => got)).toEqual([
    'written as "a_b"',
    'written as "spike_times_2"',
  ]);
  await opened(bytes, async (file) => expect(await numbers(file, "units/spike_times_2")).toEqual([1, 2]));
});

test("other arrays and tables are named as losses", async () => {
  const image: MemoryArray = { name: "image", dataType: "uint8", shape: [1, 2, 2], data: new Uint8Array(4) };
  const stream = spikeStream([[0.005]], {
    spikes,
    arrays: [image],
    tables: [smallTable("more", 9, { a: [1] })],
    dataset,
  });
  const { losses, memoryBytes } = await nwb.check(stream.header, {});
  expect(losses?.map(({ field }) => field)).toEqual(["arrays.image", "tables.more"]);
  // Of the file, of the first look, and of the column of times with its index.
  expect(memoryBytes).toBe(2 ** 22 + (2 ** 24 + 2 ** 22) + 2 ** 19);
});

test("suggestions of nwbinspector are told when they are asked for", async () => {
  const stream = fullStream({ ...describedSession, keywords: [], experimenter: ["Jane Doe"] });
  expect(await problems(stream)).toEqual([]);
  expect((await problems(stream, { suggestions: true })).map(({ reason }) => reason)).toEqual([
    "EXPERIMENTER_FORM",
    "KEYWORDS_MISSING",
  ]);
});

test("two of one name, and a group that has the name of the table, are errors before the first byte", async () => {
  const metadata = {
    devices: [{ name: "probe" }, { name: "probe" }],
    electrode_groups: [{ name: "electrodes", location: "CA1" }],
  };
  const found = await problems(spikeStream([[0.005]], { spikes, dataset: { ...dataset, metadata } }));
  expect(found.filter(isError).map(({ reason, field }) => [reason, field])).toEqual([
    ["METADATA_NAME_TAKEN", "dataset.metadata.devices[1].name"],
    ["METADATA_NAME_TAKEN", "dataset.metadata.electrode_groups[0].name"],
  ]);
});

test("packing goes by the options: an array is shuffled where that pays, or as asked", async () => {
  const filters = async (data: Float64Array, options: RawOptions = {}) => {
    const array: MemoryArray = { ...traces({ unit: "mV" }), dataType: "float64", shape: [data.length, 1], data };
    const { bytes } = await exportToMemory(spikeStream([], { spikes: withRaw, arrays: [array], dataset }), options);
    return readStructure(bytes).datasets.get("/acquisition/ElectricalSeries/data")?.filters;
  };
  const noise = Float64Array.from({ length: 40_000 }, (_, index) => Math.trunc(9301 * Math.sin(index) ** 2 * 997));
  const repeated = noise.map((value) => Math.sin(value % 40));
  const smooth = noise.map((value) => 900 + (value % 251));
  expect(await filters(repeated)).toEqual([1]);
  expect(await filters(smooth)).toEqual([2, 1]);
  expect(await filters(repeated, { shuffle: true, level: 6 })).toEqual([2, 1]);
  expect(await filters(smooth, { shuffle: false })).toEqual([1]);
  expect(await filters(smooth, { compression: "none" })).toEqual([]);
  const found = await problems(fullStream(), { compression: "none", level: 4, shuffle: true });
  expect(found.filter(isError).map(({ reason, field }) => [reason, field])).toEqual([
    ["OPTION_NOT_APPLICABLE", "options.level"],
    ["OPTION_NOT_APPLICABLE", "options.shuffle"],
  ]);
});

test("a checkpoint leaves what came so far, as HDF5", async () => {
  const array: MemoryArray = { ...traces({ unit: "mV" }), shape: [40_000, 64], data: new Int16Array(40_000 * 64) };
  const whole = spikeStream([[0.005]], { spikes: withRaw, arrays: [array], dataset });
  const folder = await mkdtemp(join(tmpdir(), "sluice-nwb-"));
  try {
    const sink = await openDirectorySink({ root: folder, directory: "", overwrite: false, sha256: false });
    const frames = (async function* () {
      let left = 30_000;
      for await (const frame of whole.frames) {
        if (left-- === 0) throw new Error("killed");
        yield frame;
      }
    })();
    const options = { checkpointMiB: 1, compression: "none" };
    await expect(nwb.export({ header: whole.header, frames }, options, sink, testContext())).rejects.toThrow("killed");
    const [part] = (await readdir(folder)).filter((name) => name.endsWith(".part"));
    await withHdf5(join(folder, part as string), async (file) => {
      expect((await file.dataset("acquisition/ElectricalSeries/data")).shape?.[0]).toBeGreaterThanOrEqual(8192);
    });
    await sink.discard("killed");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("what was measured of the units stands in their table", async () => {
  const cv: MemoryArray = {
    name: "spikes/cv",
    dataType: "float64",
    shape: [2],
    data: Float64Array.of(0.25, 1.5),
    axes: ["unit"],
    spec: { attributes: { description: "Spread of the intervals." } },
  };
  const stream = spikeStream([[0.001], [0.002]], { spikes, arrays: [cv], dataset });
  const { bytes, findings } = await exportToMemory(stream);
  expect(findings.losses).toEqual([]);
  await opened(bytes, async (file) => {
    expect(await numbers(file, "units/cv")).toEqual([0.25, 1.5]);
    const column = await (await file.dataset("units/cv")).attributes();
    expect(column.get("description")).toBe("Spread of the intervals.");
    expect((await (await file.group("units")).attributes()).get("colnames")).toContain("cv");
  });
});
