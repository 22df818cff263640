import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { type ArtifactSink, type DatasetStream, type ExportContext, type RawOptions, Stopwatch } from "@sluice/core";
import { nwb, nwbLoader } from "@sluice/nwb";
import { describedSession, fullStream, rawCounts, rawShape } from "@sluice/nwb/testing";
import { type Problem, Responses } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream, unitsOf } from "@sluice/spikes/testing";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { nwbEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(300_000);
const today = await nwbEnvironment("today");
const then = await nwbEnvironment("then");
const scratch = useScratch();

interface Table {
  readonly id: readonly number[];
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

/** What `scripts/read_nwb.py` tells of a file. */
interface Read {
  readonly start: string;
  readonly description: string;
  readonly identifier: string;
  readonly experimenter: readonly string[];
  readonly subject: Readonly<Record<string, string>>;
  readonly units: Table;
  readonly resolution: number;
  readonly electrodes: Table;
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly series: Readonly<
    Record<string, { rate: number; volts: number[][]; electrodes: number[]; timestamps: number[] }>
  >;
  readonly trials: Table;
  readonly epochs: Table;
  readonly errors: readonly string[];
}

interface Finding {
  readonly check: string;
  readonly importance: string;
}

interface Loaded {
  readonly trains: readonly (readonly number[])[];
  readonly startMs: number;
  readonly lengthMs: number;
  readonly electrodes: readonly number[] | null;
  readonly warnings: readonly string[];
}

interface Witness {
  readonly warn?: ExportContext["warn"];
  /** Called when the file is made. */
  readonly begun?: () => void;
}

async function exported(stream: DatasetStream, options: RawOptions = {}, witness: Witness = {}): Promise<string> {
  const sink = memorySink();
  const into: ArtifactSink = {
    ...sink,
    create: (...parameters) => {
      witness.begun?.();
      return sink.create(...parameters);
    },
  };
  await nwb.export(stream, options, into, {
    warn: witness.warn,
    signal: new AbortController().signal,
    jobId: "job",
    name: "recording",
    clock: new Stopwatch(),
    now: () => new Date(),
    uuid: () => crypto.randomUUID(),
  });
  await sink.prepare();
  const path = join(scratch.fresh(), "recording.nwb");
  writeFileSync(path, sink.files.get("recording.nwb") as Uint8Array);
  return path;
}

const readers = [
  { name: "pynwb of today", python: today, versions: ["2.8.0", "2.9.0", "2.10.0"] },
  // Older readers do not know the type that later schemas have for electrodes.
  { name: "pynwb of two years ago", python: then, versions: ["2.8.0"] },
];

for (const { name, python, versions } of readers) {
  testUnless(python.obstacle)(`${name} reads every value, and validates without an error`, async () => {
    const paths = await Promise.all(versions.map((schemaVersion) => exported(fullStream(), { schemaVersion })));
    const counts = rawCounts();
    for (const found of await python.ask<Read[]>("scripts/read_nwb.py", paths)) {
      expect(found.errors).toEqual([]);
      expect(found).toMatchObject({
        start: "2025-11-01T09:30:00.123000+00:00",
        description: describedSession.session_description,
        identifier: describedSession.identifier,
        experimenter: ["Doe, Jane"],
        subject: describedSession.subject,
        resolution: 1 / 20_000,
        groups: { shank0: ["CA1", "probe"], shank1: ["VISp", "probe"] },
      });
      expect(found.units.id).toEqual([5, 6, 9]);
      expect(found.units.columns).toMatchObject({
        spike_times: [[0.005, 0.01, 0.0151], [0.0025, 0.02], []],
        obs_intervals: [[[0, 3]], [[0, 3]], [[0, 3]]],
        electrodes: [[0], [1], [2]],
        quality: ["good", "mua", "good"],
        depth: [1.5, null, 3],
      });
      expect((found.units.columns["waveform_mean"] as number[][][]).flat(2)).toEqual(
        Array.from({ length: 120 }, (_, index) => index / 1024),
      );
      expect(found.electrodes).toMatchObject({
        id: [1, 2, 7, 8],
        columns: {
          location: ["CA1", "CA1", "VISp", "VISp"],
          group: ["shank0", "shank0", "shank1", "shank1"],
          x: [0, 20, 40, 60],
        },
      });
      const series = found.series["ElectricalSeries"];
      expect(series).toMatchObject({ unit: "volts", rate: 20_000, start: 0, electrodes: [0, 1, 2, 3] });
      const volts = series?.volts.flat() ?? [];
      expect(volts).toHaveLength(rawShape[0] * rawShape[1]);
      expect(volts.every((value, index) => Math.abs(value - counts[index]! * 0.195e-6) <= 1e-18)).toBe(true);
      expect(found.trials.columns).toEqual({
        start_time: [0, 1, 2],
        stop_time: [0.5, 1.5, 2.5],
        stimulus: ["grating", "noise", "grating"],
      });
      expect(found.epochs.columns).toEqual({ start_time: [0, 1.5], stop_time: [1.5, 3], name: ["before", "after"] });
    }
  });
}

const withToday = testUnless(today.obstacle);

withToday("nwbinspector finds nothing in a described session, under its own configuration and DANDI's", async () => {
  const paths = await Promise.all(
    ["2.8.0", "2.9.0", "2.10.0"].map((schemaVersion) => exported(fullStream(), { schemaVersion })),
  );
  const found = await today.ask<{ own: Finding[]; dandi: Finding[] }[]>("scripts/inspect_nwb.py", paths);
  for (const { own, dandi } of found) {
    const grave = [...own, ...dandi].filter(({ importance }) => importance !== "BEST_PRACTICE_SUGGESTION");
    expect(grave).toEqual([]);
  }
  expect(found[0]).toEqual({ own: [], dandi: [] });
});

withToday("what nwbinspector finds in a poor session was told before the first byte", async () => {
  const metadata = { subject: { subject_id: "a/b", species: "mouse", sex: "female", weight: "20" }, session_id: "1/2" };
  const tables = [smallTable("units", 1, { channel: [0, 1] })];
  const stream = spikeStream([[0.0055], [0.0105]], {
    spikes: { durationSeconds: 1, unitsTable: "units" },
    tables,
    dataset: { name: "poor", sessionStartTime: new Date("2030-01-01T00:00:00Z"), metadata },
  });
  const { problems = [] } = await nwb.check(stream.header, { suggestions: true });
  const told = problems.map(({ message }) => /: (check_\w+)\)$/.exec(message)?.[1]);
  const [found] = await today.ask<{ own: Finding[] }[]>("scripts/inspect_nwb.py", [await exported(stream)]);
  const grave = found?.own.filter(({ importance }) => importance !== "BEST_PRACTICE_SUGGESTION") ?? [];
  // The clock of this machine may be ahead of the time in the file.
  expect(grave.length).toBeGreaterThan(5);
  for (const { check } of grave) expect(told).toContain(check);
});

withToday("what nwbinspector finds in poor values was told before a file was made", async () => {
  const tables = [
    smallTable("units", 1, {
      id: [4, 4],
      notes: ["{'a': 1}", "plain"],
      flag: ["yes", "no"],
      empty: [null, Number.NaN],
    }),
    smallTable("electrodes", 2, { location: ["unknown", "CA1"] }),
    smallTable("trials", 3, { start_time: [2, 1, 4e7], stop_time: [3, 1, 4e7 + 1] }),
    smallTable("epochs", 4, { start_time: [-1], stop_time: [1] }),
  ];
  const metadata = { ...describedSession, electrode_groups: [] };
  const stream = spikeStream(
    [
      [3, 2],
      [-1, 4e7],
    ],
    {
      spikes: { startTimeSeconds: -2, samplingRateHz: 1000, unitsTable: "units", electrodesTable: "electrodes" },
      tables,
      dataset: {
        name: "poor",
        sessionStartTime: new Date("2025-01-01T00:00:00Z"),
        responses: [Responses.fromPartial({ trialsTable: "trials", epochsTable: "epochs" })],
        metadata,
      },
    },
  );
  const told: string[] = [];
  const early: string[] = [];
  const warn = (warnings: readonly Problem[]) => {
    told.push(...warnings.map(({ reason, message }) => /(check_\w+)\)/.exec(message)?.[1] ?? reason));
  };
  const path = await exported(stream, { suggestions: true }, { warn, begun: () => early.push(...told) });
  const [found] = await today.ask<{ own: Finding[] }[]>("scripts/inspect_nwb.py", [path]);
  const names =
    found?.own.map(({ check }) => (check === "check_ascending_spike_times" ? "SPIKES_UNSORTED" : check)) ?? [];
  expect(new Set(names).size).toBeGreaterThan(10);
  for (const name of names) expect(early).toContain(name);
});

withToday("SpikeLab loads units, and channels that are numbered from 0", async () => {
  const units = [[0.005, 0.01, 0.015], [0.0025, 0.02], []];
  const spikes = { startTimeSeconds: -0.1, durationSeconds: 0.2 };
  const dataset = { sessionStartTime: new Date("2025-01-01T00:00:00Z") };
  const plain = await exported(spikeStream(units, { spikes, dataset }));
  const tables = [smallTable("units", 1, { electrode: [2, 0, 1] })];
  const channels = await exported(spikeStream(units, { spikes: { ...spikes, unitsTable: "units" }, tables, dataset }));
  const [bare, numbered] = await today.ask<{ pynwb: Loaded; h5py: Loaded }[]>("scripts/load_spikelab_nwb.py", [
    { path: plain, pynwb: true },
    { path: channels, pynwb: false },
  ]);
  const expected = { trains: [[5, 10, 15], [2.5, 20], []], startMs: -100, lengthMs: 200, warnings: [] };
  expect(bare).toMatchObject({ pynwb: expected, h5py: expected });
  expect(numbered).toMatchObject({ h5py: { ...expected, electrodes: [2, 0, 1] } });
});

for (const { name, python } of readers) {
  testUnless(python.obstacle)(
    `our loader finds what ${name} wrote, and what it wrote again is read by pynwb`,
    async () => {
      const path = join(scratch.fresh(), "written.nwb");
      await python.ask("scripts/write_nwb.py", { path });
      const stream = await nwbLoader.load(path, {});
      const { dataset, arrays, tables } = stream.header;
      expect(dataset.sessionStartTime).toEqual(new Date("2024-05-06T05:08:09.250Z"));
      expect(dataset.metadata).toMatchObject({
        identifier: "pynwb-1",
        experimenter: ["Doe, Jane"],
        keywords: ["one", "two"],
        subject: { subject_id: "rat1", species: "Rattus norvegicus", weight: "0.3 kg" },
        devices: [{ name: "array", description: "An array.", manufacturer: "Maker" }],
        electrode_groups: [
          { name: "left", location: "CA3", device: "array" },
          { name: "right", location: "CA3", device: "array" },
        ],
      });
      expect(dataset.spikeTrains[0]).toMatchObject({ startTimeSeconds: 0, durationSeconds: 9 });
      expect(await unitsOf(await nwbLoader.load(path, {}))).toEqual([
        [],
        [1, 1.125, 1.25],
        [2, 2.125, 2.25, 2.375, 2.5, 2.625],
      ]);
      const raw = arrays.find(({ name: own }) => own === "spikes/raw");
      expect(raw).toMatchObject({ dataType: "int16", unit: "V", valueScale: 1e-6, valueOffset: 0.5 });
      expect(raw?.attributes).toEqual({ channel_conversion: [1, 2] });
      expect(raw?.axes[1]?.labels).toEqual(["4", "2"]);
      expect(tables.map(({ name: own, rows }) => [own, rows])).toEqual([
        ["units", 3],
        ["electrodes", 6],
        ["trials", 2],
        ["epochs", 1],
      ]);
      const absent = dataset.origins.map(({ field }) => field);
      expect(absent).toEqual(expect.arrayContaining(["units/peaks", "acquisition/position", "intervals/epochs/tags"]));
      const lfp = await nwbLoader.load(path, { series: "/processing/ecephys/LFP/lfp" });
      expect(lfp.header.arrays.at(-1)?.axes[0]).toMatchObject({ size: 8, scale: 1 / 1250, origin: 3 });

      const again = await exported(stream);
      const [found] = await python.ask<Read[]>("scripts/read_nwb.py", [again]);
      expect(found).toMatchObject({
        errors: [],
        units: { columns: { electrodes: [[1], [2], [3]], quality: ["good", "mua", "noise"] } },
        groups: { left: ["CA3", "array"], right: ["CA3", "array"] },
        trials: { columns: { start_time: [0, 2], stop_time: [1, 3], choice: [false, true] } },
      });
      expect(found?.series["ElectricalSeries"]).toMatchObject({
        electrodes: [4, 2],
        timestamps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10.5],
      });
      expect(found?.series["ElectricalSeries"]?.volts[1]).toEqual([2e-6 + 0.5, 3e-6 * 2 + 0.5]);
    },
  );
}

const withData = testUnless(today.obstacle ?? sharedDataMissing("spikelab"));

withData("the golden trains come back from SpikeLab and pynwb, and the command line verifies them", async () => {
  const golden = JSON.parse(readFileSync(sharedData("spikelab/golden_spikelab.json"), "utf8"));
  const trains = golden.trains as number[][];
  const stream = spikeStream(
    trains.map((train) => train.map((time) => time / 1e3)),
    {
      spikes: { durationSeconds: golden.length_ms / 1e3, samplingRateHz: 20_000 },
      dataset: { sessionStartTime: new Date("2025-01-01T00:00:00Z") },
    },
  );
  const path = await exported(stream);
  const picoseconds = (lists: readonly (readonly number[])[]) =>
    lists.map((list) => list.map((ms) => Math.round(ms * 1e9)));
  const [loaded] = await today.ask<{ h5py: Loaded }[]>("scripts/load_spikelab_nwb.py", [{ path, pynwb: false }]);
  expect(picoseconds(loaded?.h5py.trains ?? [])).toEqual(picoseconds(trains));
  const [read] = await today.ask<Read[]>("scripts/read_nwb.py", [path]);
  const seconds = read?.units.columns["spike_times"] as number[][];
  expect(seconds).toEqual(trains.map((train) => train.map((time) => time / 1e3)));
  const out = scratch.fresh();
  const { code, stderr } = await sluice(["export", path, "--to", "nwb", "--out", out, "--verify"]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
});
