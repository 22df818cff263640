import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, jest } from "@jest/globals";
import { type DatasetStream, type RawOptions, Stopwatch } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { kilosort, kilosortLoader } from "@sluice/kilosort";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream, unitsOf } from "@sluice/spikes/testing";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { sortingEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await sortingEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);
const withData = testUnless(python.obstacle ?? sharedDataMissing("spikelab"));

const samplingRateHz = 30_000;

/** What `interop/scripts/describe_sorting.py` tells of a folder. */
interface Sorting {
  readonly numpy: Readonly<Record<string, { readonly type: string; readonly shape: readonly number[] }>>;
  readonly spikelab: {
    readonly trainsMs: readonly (readonly number[])[];
    readonly electrodes: readonly number[] | null;
    readonly clusterIds: readonly number[];
  };
  readonly phylib: {
    readonly samples: readonly number[];
    readonly clusters: readonly number[];
    readonly templates: readonly number[];
    readonly amplitudes: readonly number[] | null;
    readonly channels: readonly number[];
    readonly positions: readonly (readonly number[])[];
    readonly groups: Readonly<Record<string, string>>;
    /** Of the attribute `label`, which Phy reads from a file of its own. */
    readonly labels: Readonly<Record<string, string>>;
    readonly bestChannels: readonly number[];
    readonly firstTemplate: readonly (readonly number[])[];
    readonly traces: readonly (readonly number[])[] | null;
    readonly duration: number;
  };
  readonly readPhy: Extracted;
  readonly readKilosort: Extracted;
  /** No reader wrote a file of its own into the folder. */
  readonly untouched: boolean;
}

interface Extracted {
  readonly ids: readonly number[];
  readonly rateHz: number;
  readonly trains: readonly (readonly number[])[];
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

/** Exports a stream to a folder on disk. */
async function exported(name: string, stream: DatasetStream, options: RawOptions = {}): Promise<string> {
  const sink = memorySink();
  const { signal } = new AbortController();
  const context = { signal, jobId: "job", name, clock: new Stopwatch(), now: () => new Date(0), uuid: () => "" };
  await kilosort.export(stream, options, sink, context);
  await sink.prepare();
  for (const [path, bytes] of sink.files) {
    mkdirSync(dirname(scratch.path(path)), { recursive: true });
    writeFileSync(scratch.path(path), bytes);
  }
  return scratch.path(name);
}

async function described(folder: string, phy = true): Promise<Sorting> {
  const [found] = await python.ask<Sorting[]>("scripts/describe_sorting.py", [{ folder, samplingRateHz, phy }]);
  if (!found) throw new Error("no answer");
  return found;
}

/** Times on samples, in any order of units, with a silent one in the middle. */
const samples = [[300, 600, 600, 90_000], [75, 601], [], [12, 89_999]];
const trains = samples.map((unit) => unit.map((sample) => sample / samplingRateHz));
const spikes = { samplingRateHz, durationSeconds: 3.5 };
const chronological = [12, 75, 300, 600, 600, 601, 89_999, 90_000];
const clustersOfSpikes = [3, 1, 0, 0, 0, 1, 3, 0];

function full(): DatasetStream {
  const templates: MemoryArray = {
    name: "spikes/templates",
    dataType: "float32",
    shape: [4, 3, 2],
    data: Float32Array.from({ length: 24 }, (_, index) => (index % 6 === 3 && index < 6 ? -50 : index / 10)),
    axes: ["unit", "sample", "channel"],
  };
  const raw: MemoryArray = {
    name: "spikes/raw",
    dataType: "int16",
    shape: [105_000, 2],
    data: Int16Array.from({ length: 210_000 }, (_, index) => index - 4),
    axes: ["sample", "channel"],
  };
  const tables = [
    smallTable("cells", 1, { group: ["good", "mua", null, "noise"], ch: [1, 0, 1, 0], label: ["a", "b", "ü", '"d"'] }),
    smallTable("probe", 2, { x: [0, 16], y: [20, 40] }),
  ];
  const named = { unitsTable: "cells", electrodesTable: "probe", rawArray: raw.name, templatesArray: templates.name };
  return spikeStream(trains, { spikes: { ...spikes, ...named }, arrays: [templates, raw], tables });
}

readable("a folder with everything: phylib, SpikeInterface and SpikeLab find it as it was", async () => {
  const folder = await exported("full", full());
  const { phylib, readPhy, readKilosort, spikelab, numpy, untouched } = await described(folder);
  expect(phylib).toMatchObject({
    samples: chronological,
    clusters: clustersOfSpikes,
    templates: clustersOfSpikes,
    amplitudes: null,
    channels: [0, 1],
    positions: [
      [0, 20],
      [16, 40],
    ],
    groups: { 0: "good", 1: "mua", 3: "noise" },
    labels: { 0: "a", 1: "b", 2: "ü", 3: '"d"' },
    duration: 3.5,
    traces: [
      [-4, -3],
      [-2, -1],
      [0, 1],
      [2, 3],
    ],
  });
  expect(phylib.bestChannels[0]).toBe(1);
  expect(untouched).toBe(true);
  expect(readPhy).toMatchObject({ ids: [0, 1, 2, 3], rateHz: samplingRateHz, trains: samples });
  expect(readPhy.properties["quality"]?.filter((value) => value !== "nan")).toEqual(["good", "mua", "noise"]);
  expect(readPhy.properties["label"]).toEqual(["a", "b", "ü", '"d"']);
  expect(readKilosort.ids).toEqual([0, 1, 3]);
  // SpikeLab drops noise and units without a spike.
  expect(spikelab.clusterIds).toEqual([0, 1]);
  expect(spikelab.electrodes).toEqual([1, 0]);
  expect(spikelab.trainsMs).toEqual(
    [samples[0], samples[1]].map((unit) => unit?.map((at) => (at / samplingRateHz) * 1e3)),
  );
  expect(numpy["spike_times.npy"]).toEqual({ type: "int64", shape: [8] });
  expect(numpy["templates.npy"]).toEqual({ type: "float32", shape: [4, 3, 2] });
});

readable("spikes alone: what Phy needs beside them is neutral, and readers agree on the rest", async () => {
  const folder = await exported("bare", spikeStream(trains, { spikes }));
  const { phylib, readPhy, readKilosort, spikelab, untouched } = await described(folder);
  expect(phylib).toMatchObject({ samples: chronological, clusters: clustersOfSpikes, traces: null, groups: {} });
  expect(readPhy).toMatchObject({ ids: [0, 1, 2, 3], trains: samples });
  expect(readKilosort.trains).toEqual(samples.filter((unit) => unit.length > 0));
  expect(spikelab.clusterIds).toEqual([0, 1, 3]);
  expect(untouched).toBe(true);
  expect(await unitsOf(await kilosortLoader.load(folder, {}))).toEqual(trains);
});

readable("cluster ids of one's own, channels of the units, and one unit alone", async () => {
  const tables = [smallTable("cells", 1, { cluster_id: [40, 7, 9, 1], ch: [2, 0, 1, 1] })];
  const stream = spikeStream(trains, { spikes: { ...spikes, unitsTable: "cells" }, tables });
  const custom = await described(await exported("custom", stream));
  expect(custom.phylib.clusters).toEqual(clustersOfSpikes.map((unit) => [40, 7, 9, 1][unit]));
  // Placeholders lead readers to the channel of each unit: those that have spikes, by their index.
  expect(custom.phylib.bestChannels).toEqual([2, 0, 1]);
  expect(custom.readPhy.ids.toSorted((a, b) => a - b)).toEqual([1, 7, 9, 40]);
  expect(custom.spikelab).toMatchObject({ clusterIds: [1, 7, 40], electrodes: [1, 0, 2] });
  const one = await described(await exported("one", spikeStream([[0.1, 0.2]], { spikes })));
  expect(one.phylib).toMatchObject({ samples: [3000, 6000], clusters: [0, 0] });
  expect(one.readPhy.trains).toEqual([[3000, 6000]]);
});

readable("a recording around an event: no sample is negative, and our loader gives its times back", async () => {
  const around = [[-0.5, 0.25], [0]];
  const folder = await exported("event", spikeStream(around, { spikes: { ...spikes, startTimeSeconds: -0.5 } }));
  expect((await described(folder)).phylib.samples).toEqual([0, 15_000, 22_500]);
  expect(await unitsOf(await kilosortLoader.load(folder, {}))).toEqual(around);
});

readable("the profile spikelab: SpikeLab loads its three files", async () => {
  const tables = [smallTable("cells", 1, { electrode: [4, 7, 5, 2] })];
  const stream = spikeStream(trains, { spikes: { ...spikes, unitsTable: "cells" }, tables });
  const folder = await exported("three", stream, { profile: "spikelab" });
  const { spikelab, numpy } = await described(folder, false);
  expect(Object.keys(numpy)).toEqual(["channel_map.npy", "spike_clusters.npy", "spike_times.npy"]);
  expect(spikelab).toMatchObject({ clusterIds: [0, 1, 3], electrodes: [4, 7, 2] });
});

withData("SpikeLab's golden trains by the command line, from its file to a folder", async () => {
  const golden = JSON.parse(readFileSync(sharedData("spikelab/golden_spikelab.json"), "utf8")) as {
    trains: number[][];
  };
  const units = golden.trains.map((unit) => unit.map((ms) => ms / 1e3));
  const folder = await exported("golden", spikeStream(units, { spikes: { samplingRateHz, durationSeconds: 5 } }));
  const { phylib, readPhy, spikelab } = await described(folder);
  expect(phylib.samples).toHaveLength(units.flat().length);
  const known = units.filter((unit) => unit.length > 0);
  expect(readPhy.trains.filter((unit) => unit.length > 0)).toHaveLength(known.length);
  for (const [unit, times] of known.entries()) {
    const loaded = spikelab.trainsMs[unit] ?? [];
    expect(loaded).toHaveLength(times.length);
    for (const [at, time] of times.entries()) {
      expect(Math.abs((loaded[at] as number) - time * 1e3)).toBeLessThanOrEqual(500 / samplingRateHz + 1e-9);
    }
  }
  const seed = sharedData("spikelab/sl_ragged_s.h5");
  const settings = ["--to", "kilosort", "--set", `kilosort.samplingRateHz=${samplingRateHz}`, "--out", scratch.folder];
  expect((await sluice(["export", seed, ...settings, "--verify"])).code).toBe(0);
  expect((await described(scratch.path("sl_ragged_s"))).phylib.samples).toEqual([75, 150, 300, 450, 600]);
  const again = await sluice(["export", scratch.path("sl_ragged_s"), "--to", "hdf5", "--out", scratch.fresh("back")]);
  expect(again.code).toBe(0);
});
