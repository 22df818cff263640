import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import type { RawOptions } from "@sluice/core";
import { collect, problemOf } from "@sluice/core/testing";
import { type GroupWriter, Hdf5Writer } from "@sluice/hdf5";
import { memorySink } from "@sluice/sink/testing";
import { TableValues } from "@sluice/spikes";
import { unitsOf } from "@sluice/spikes/testing";
import { nwbLoader } from "./index.ts";
import { describedSession, exportToMemory, fullStream, withFile } from "./testing/index.ts";

/** Loads a file that `fill` makes, as any software could have. */
async function loaded(fill: (root: GroupWriter) => Promise<unknown>, options: RawOptions = {}) {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("file.nwb", "application/x-hdf5"));
  await fill(file.root);
  await file.close();
  return withFile(sink.files.get("file.nwb") as Uint8Array, async (path) => read(path, options));
}

async function read(path: string, options: RawOptions = {}) {
  const stream = await nwbLoader.load(path, options);
  const { header } = stream;
  const frames = await collect(stream.frames);
  const again = {
    header,
    frames: (async function* () {
      yield* frames;
    })(),
  };
  const tables = Object.fromEntries(
    header.tables.map((spec) => {
      const values = new TableValues(spec);
      for (const { content } of frames) {
        if (content?.$case === "batch" && content.value.tableId === spec.tableId) values.take(content.value);
      }
      return [spec.name, Object.fromEntries(values.columns.map(({ spec: { name }, cells }) => [name, cells]))];
    }),
  );
  const notes = header.dataset.origins.map(({ field, detail }) => `${field}: ${detail}`).join("\n");
  return { header, spikes: header.dataset.spikeTrains[0]!, units: await unitsOf(again), tables, notes };
}

const float = (...values: number[]) => Float64Array.from(values);
const integer = (...values: number[]) => BigInt64Array.from(values, BigInt);

async function units(
  root: GroupWriter,
  times: ArrayBufferView,
  index: ArrayBufferView,
  ids?: Parameters<GroupWriter["writeDataset"]>[1],
) {
  await root.writeDataset("units/spike_times", times);
  await root.writeDataset("units/spike_times_index", index);
  if (ids) await root.writeDataset("units/id", ids);
}

test("what the exporter writes comes back, with its names", async () => {
  const { bytes } = await exportToMemory(fullStream());
  await withFile(bytes, async (path) => {
    const { header, spikes, units: trains, tables } = await read(path);
    expect(trains).toEqual([[0.005, 0.01, 0.0151], [0.0025, 0.02], []]);
    expect(spikes).toMatchObject({
      startTimeSeconds: 0,
      durationSeconds: 3,
      samplingRateHz: 20_000,
      unitsTable: "units",
      electrodesTable: "electrodes",
      rawArray: "raw",
      templatesArray: "templates",
    });
    expect(header.dataset.sessionStartTime).toEqual(new Date("2025-11-01T09:30:00.123Z"));
    expect(header.dataset.metadata).toMatchObject(describedSession);
    expect(header.dataset.responses).toEqual([
      expect.objectContaining({ trialsTable: "trials", epochsTable: "epochs" }),
    ]);
    const raw = header.arrays.find(({ name }) => name === "raw");
    expect(raw).toMatchObject({ dataType: "int16", unit: "uV", valueScale: 0.195 });
    expect(raw?.axes.map(({ size }) => size)).toEqual([2000, 4]);
    expect(tables["units"]).toEqual({
      id: [5n, 6n, 9n],
      cluster_id: [5, 6, 9],
      electrode: [1, 2, 7],
      quality: ["good", "mua", "good"],
      depth: [1.5, Number.NaN, 3],
    });
    expect(tables["electrodes"]).toMatchObject({ id: [1n, 2n, 7n, 8n], location: ["CA1", "CA1", "VISp", "VISp"] });
    expect(tables["trials"]).toMatchObject({ start_time: [0, 1, 2], stimulus: ["grating", "noise", "grating"] });
  });
});

test("options go before what the file says; a series that is not there is an error", async () => {
  const { bytes } = await exportToMemory(fullStream());
  await withFile(bytes, async (path) => {
    const options = { lengthMs: 5000, startTimeMs: -200, rawTraces: false };
    const { spikes, header } = await read(path, options);
    expect(spikes).toMatchObject({ startTimeSeconds: -0.2, durationSeconds: 5, rawArray: "" });
    expect(header.arrays.map(({ name }) => name)).toEqual(["spikes/times", "templates"]);
    expect((await problemOf(() => nwbLoader.load(path, { series: "/acquisition/none" }))).reason).toBe(
      "HDF5_OBJECT_MISSING",
    );
  });
});

test.each([
  ["ends alone", float(0.1, 0.2, 0.5), integer(2, 3), integer(0, 1), [[0.1, 0.2], [0.5]]],
  ["a leading zero", float(0.1, 0.2, 0.5), integer(0, 2, 3), integer(0, 1), [[0.1, 0.2], [0.5]]],
  ["a first unit without spikes", float(0.1, 0.5), integer(0, 1, 2), integer(0, 1, 2), [[], [0.1], [0.5]]],
  ["units without spikes", float(), integer(0, 0), undefined, [[], []]],
  ["times out of order", float(3, 1, 2), integer(3), undefined, [[3, 1, 2]]],
])("units: %s", async (_, times, index, ids, expected) => {
  expect((await loaded((root) => units(root, times, index, ids))).units).toEqual(expected);
});

test.each([
  ["falls", integer(3, 2), integer(0, 1)],
  ["reaches beyond the times", integer(1, 9), integer(0, 1)],
  ["has another length", integer(1, 2, 3, 3), integer(0, 1)],
])("units: an index that %s is refused", async (_, index, ids) => {
  const { reason } = await problemOf(() => loaded((root) => units(root, float(1, 2, 3), index, ids)));
  expect(reason).toBe("NWB_INDEX_INVALID");
});

test.each(["id", "spike_times_index", "depth"])("units: a damaged shape of %s costs no memory", async (name) => {
  const problem = problemOf(() =>
    loaded(async (root) => {
      const group = root.requireGroup("units");
      await group.writeDataset("spike_times", float(1, 2));
      if (name !== "spike_times_index") await group.writeDataset("spike_times_index", integer(1, 2));
      group.createDataset(name, { type: "int64", shape: [2 ** 24], maxShape: [null], chunks: [64] });
    }),
  );
  expect(await problem).toMatchObject({ reason: "NWB_TABLE_TOO_LARGE", field: `/units/${name}`, got: "16777216" });
});

test("units: names that end in spike_times, ids of text, one electrode of many, an index cut short", async () => {
  const named = await loaded(async (root) => {
    await root.writeDataset("units/ks_spike_times", float(0.1));
    await root.writeDataset("units/ks_spike_times_index", integer(1));
  });
  expect(named.units).toEqual([[0.1]]);
  const { tables, notes } = await loaded(async (root) => {
    await units(root, float(0.1, 0.5), integer(1, 2), ["a-b", "c-d"]);
    await root.writeDataset("units/electrodes", integer(4, 7));
    await root.writeDataset("units/electrodes_index", integer(1, 5));
  });
  expect(tables["units"]).toEqual({ id: ["a-b", "c-d"], electrode: [4n, 7n] });
  expect(notes).toContain("3 beyond the 2 electrodes");
});

test("start and length: of SpikeLab's attributes, of what was observed, or up to the last spike", async () => {
  const fill = async (root: GroupWriter) => units(root, float(0.1, 0.5), integer(1, 2));
  expect((await loaded(fill)).spikes).toMatchObject({ startTimeSeconds: 0, durationSeconds: 0.5 });
  const marked = async (root: GroupWriter) => {
    await fill(root);
    root.attributes.set("start_time", -100, "float64");
    root.attributes.set("length_ms", 900, "float64");
  };
  expect((await loaded(marked)).spikes).toMatchObject({ startTimeSeconds: -0.1, durationSeconds: 0.9 });
  const observed = async (root: GroupWriter) => {
    await fill(root);
    await root.writeDataset("units/obs_intervals", float(0, 2, 0, 3), { shape: [2, 2] });
    await root.writeDataset("units/obs_intervals_index", integer(1, 2));
  };
  expect((await loaded(observed)).spikes).toMatchObject({ startTimeSeconds: 0, durationSeconds: 3 });
});

test("a file with nothing to read is an error that names what there is", async () => {
  const image = await problemOf(() => loaded(async (root) => root.requireGroup("acquisition/TwoPhotonSeries")));
  expect(image).toMatchObject({ reason: "NWB_NOTHING_TO_READ", got: "acquisition" });
  const ids = await problemOf(() => loaded((root) => root.writeDataset("units/id", integer(0))));
  expect(ids.reason).toBe("NWB_SPIKE_TIMES_MISSING");
});

test("raw traces alone are a recording of no unit; a series of one channel has an axis of length 1", async () => {
  const { header, spikes, notes } = await loaded(async (root) => {
    for (const name of ["A", "B"]) {
      const series = root.createGroup(`acquisition/${name}`);
      series.attributes.set("neurodata_type", "ElectricalSeries");
      const data = await series.writeDataset("data", Int16Array.of(1, 2, 3));
      data.attributes.set("conversion", 1e-6, "float64");
      data.attributes.set("unit", "volts");
      const start = await series.writeDataset("starting_time", 0.5, { type: "float64" });
      start.attributes.set("rate", 10, "float64");
    }
  });
  expect(header.arrays.map(({ name }) => name)).toEqual(["spikes/times", "spikes/raw"]);
  expect(header.arrays[1]).toMatchObject({ unit: "V", valueScale: 1e-6, valueOffset: 0 });
  expect(header.arrays[1]?.axes.map(({ size, scale, origin }) => [size, scale, origin])).toEqual([
    [3, 0.1, 0.5],
    [1, undefined, 0],
  ]);
  expect(spikes.samplingRateHz).toBe(10);
  expect(notes).toContain("/acquisition/B: not read");
});

const seed = fileURLToPath(new URL("../../../../shared/data/spikelab/sl_units_electrodes.nwb", import.meta.url));
const reason = existsSync(seed) ? "" : " (SKIPPED: ../shared/data/spikelab is not there)";
const withSeed = existsSync(seed) ? test : test.skip;

withSeed(`a file of SpikeLab's exporter${reason}`, async () => {
  const { units: trains, spikes, tables } = await read(seed);
  expect(trains).toEqual([[0.005, 0.01, 0.015], [0.0025, 0.02], [0.008]]);
  expect(spikes).toMatchObject({ startTimeSeconds: 0, durationSeconds: 0.025 });
  expect(tables["units"]).toEqual({ electrode: [4n, 7n, 2n] });
  expect(tables["electrodes"]).toEqual({ id: [2n, 4n, 7n], x: [12, 10, 11], y: [22, 20, 21], z: [3, 1, 2] });
});
