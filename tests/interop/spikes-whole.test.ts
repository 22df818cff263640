import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, jest } from "@jest/globals";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { filesOf } from "../harness/folder.ts";
import { sharedData } from "../harness/paths.ts";
import { nwbEnvironment, pythonEnvironment, sortingEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";
import type { SpikelabRecording } from "../harness/spikelab-recording.ts";

jest.setTimeout(300_000);
const python = await pythonEnvironment();
const sorting = await sortingEnvironment();
const [today, then] = [await nwbEnvironment("today"), await nwbEnvironment("then")];
const scratch = useScratch();
const obstacle = python.obstacle ?? sorting.obstacle ?? today.obstacle ?? then.obstacle;
const golden = testUnless(obstacle ?? sharedDataMissing("spikelab"));
const readable = testUnless(obstacle);

const samplingRateHz = 30_000;
const settings = [
  "hdf5.profile=spikelab",
  "pickle.profile=spikelab",
  "nwb.sessionStartTime=2026-01-02T03:04:05Z",
  "nwb.rawUnit=uV",
];
const inOneCall = ["--to", "kilosort,nwb,hdf5,pickle", "--verify", ...settings.flatMap((text) => ["--set", text])];

interface SpikelabNwb {
  readonly trains: readonly (readonly number[])[];
  readonly lengthMs: number;
  readonly warnings: readonly string[];
}

interface PynwbFile {
  readonly errors: readonly string[];
  readonly units: { readonly columns: Readonly<Record<string, readonly (readonly number[])[]>> };
  readonly series: Readonly<Record<string, { readonly volts: readonly (readonly number[])[]; readonly rate: number }>>;
}

interface Sorted {
  readonly phylib: {
    readonly samples: readonly number[];
    readonly clusters: readonly number[];
    readonly traces: unknown;
  };
  readonly readPhy: { readonly ids: readonly number[]; readonly trains: readonly (readonly number[])[] };
  readonly readKilosort: { readonly trains: readonly (readonly number[])[] };
  readonly spikelab: { readonly trainsMs: readonly (readonly number[])[] };
}

/** What every reader finds in the artifacts NAME, NAME.nwb, NAME.h5 and NAME.pkl of a folder. */
async function readByAll(folder: string, name: string, { rateHz, raw }: { rateHz: number; raw: boolean }) {
  const [nwb, hdf5, pickle] = ["nwb", "h5", "pkl"].map((extension) => join(folder, `${name}.${extension}`)) as [
    string,
    string,
    string,
  ];
  const names = { spike_times_dataset: "spike_times", spike_times_index_dataset: "spike_times_index" };
  const options = raw ? { ...names, raw_dataset: "raw", raw_time_dataset: "raw_time" } : names;
  const [fromHdf5] = await python.ask<SpikelabRecording[]>("scripts/load_spikelab.py", [{ path: hdf5, options }]);
  const [fromPickle] = await python.ask<SpikelabRecording[]>("scripts/load_spikelab_pickle.py", [pickle]);
  const [h5py] = await python.ask<{ datasets: Record<string, { elements: string[] }> }[]>("scripts/describe_hdf5.py", [
    hdf5,
  ]);
  const nwbOfSpikelab = { path: nwb, pynwb: !raw };
  const [fromNwb] = await today.ask<{ h5py: SpikelabNwb; pynwb?: SpikelabNwb }[]>("scripts/load_spikelab_nwb.py", [
    nwbOfSpikelab,
  ]);
  const [pynwbToday] = await today.ask<PynwbFile[]>("scripts/read_nwb.py", [nwb]);
  const [pynwbThen] = await then.ask<PynwbFile[]>("scripts/read_nwb.py", [nwb]);
  const sorted = { folder: join(folder, name), samplingRateHz: rateHz, phy: true };
  const [kilosort] = await sorting.ask<Sorted[]>("scripts/describe_sorting.py", [sorted]);
  if (!(fromHdf5 && fromPickle && h5py && fromNwb && pynwbToday && pynwbThen && kilosort)) throw new Error("no answer");
  return { fromHdf5, fromPickle, h5py, fromNwb, pynwb: [pynwbToday, pynwbThen], kilosort };
}

/** Doubles as `describe_hdf5.py` tells them. */
function bits(values: readonly number[]): string[] {
  return values.map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes.toString("hex");
  });
}

let trainsMs: number[][];
let lengthMs: number;

beforeAll(() => {
  if (sharedDataMissing("spikelab")) return;
  const text = readFileSync(sharedData("spikelab/golden_spikelab.json"), "utf8");
  ({ trains: trainsMs, length_ms: lengthMs } = JSON.parse(text) as { trains: number[][]; length_ms: number });
});

/** What stands on standard error of an export that went well. */
const onlyWarnings = /^(sluice: warning: .*\n)*$/;

golden("SpikeLab's golden trains go to four formats in one call, and every reader finds them", async () => {
  const input = join(scratch.fresh("input"), "golden.h5");
  const theirs = await python.ask<number[][]>("scripts/write_spikelab.py", { path: input, trains: trainsMs, lengthMs });
  expect(theirs.map(({ length }) => length)).toEqual(trainsMs.map(({ length }) => length));
  const out = scratch.fresh("out");
  const rate = ["--set", `kilosort.samplingRateHz=${samplingRateHz}`];
  const { code, stdout, stderr } = await sluice(["export", input, ...inOneCall, ...rate, "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(onlyWarnings) });
  for (const format of ["kilosort", "nwb", "hdf5"]) expect(stdout).toContain(`verified: ${format} reads the same`);
  const seconds = trainsMs.map((train) => train.map((time) => time / 1e3));
  const found = await readByAll(out, "golden", { rateHz: samplingRateHz, raw: false });

  // HDF5, NWB and pickle: to the bit what SpikeLab finds in its own file, silent units and silence at the end included.
  expect(found.h5py.datasets["/spike_times"]?.elements).toEqual(bits(seconds.flat()));
  for (const { trains, lengthMs: length } of [found.fromHdf5, found.fromPickle, found.fromNwb.h5py]) {
    expect({ trains, length }).toEqual({ trains: theirs, length: lengthMs });
  }
  expect(found.fromNwb).toMatchObject({ pynwb: { trains: theirs, lengthMs, warnings: [] }, h5py: { warnings: [] } });
  for (const { errors, units } of found.pynwb) {
    expect(errors).toEqual([]);
    expect(units.columns["spike_times"]).toEqual(seconds);
  }

  // KiloSort: whole samples, the nearest.
  const samples = trainsMs.map((train) => train.map((time) => Math.round(time * (samplingRateHz / 1e3))));
  const { phylib, readPhy, readKilosort, spikelab } = found.kilosort;
  expect(readPhy).toMatchObject({ ids: samples.map((_, unit) => unit), trains: samples });
  const sounding = samples.filter(({ length }) => length > 0);
  expect(readKilosort.trains).toEqual(sounding);
  expect(phylib.samples).toEqual(samples.flat().toSorted((one, other) => one - other));
  for (const [unit, train] of samples.entries()) {
    expect(phylib.samples.filter((_, spike) => phylib.clusters[spike] === unit)).toEqual(train);
  }
  expect(spikelab.trainsMs).toEqual(sounding.map((train) => train.map((sample) => (sample / samplingRateHz) * 1e3)));
});

readable("raw traces are searched for spikes on the way to four formats, and every reader finds both", async () => {
  const [rateHz, channels, samples] = [20_000, 2, 4000] as const;
  const planted = [
    [500, 1500, 3210],
    [900, 2222],
  ];
  const traces = Float64Array.from({ length: channels * samples }, (_, index) => Math.sin(index * index) / 4);
  for (const [channel, peaks] of planted.entries()) {
    for (const peak of peaks)
      for (const [at, value] of [-20, -40, -20].entries()) traces[channel * samples + peak - 1 + at] = value;
  }
  const input = join(scratch.fresh("input"), "traces.npy");
  writeFileSync(input, npy(traces, [channels, samples]));
  const out = scratch.fresh("out");
  const step = ["--step", `spikes.threshold:layout=channels-first,samplingRateHz=${rateHz},direction=down,sigma=50`];
  const { code, stderr } = await sluice(["export", input, ...step, ...inOneCall, "--out", out, "--name", "traces"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(onlyWarnings) });
  expect(filesOf(out).filter((file) => !file.includes("/"))).toEqual(["traces.h5", "traces.nwb", "traces.pkl"]);
  const found = await readByAll(out, "traces", { rateHz, raw: true });

  expect(found.kilosort.readPhy.trains.map(({ length }) => length)).toEqual([3, 2]);
  for (const [channel, peaks] of planted.entries()) {
    for (const [spike, peak] of peaks.entries()) {
      expect(Math.abs((found.kilosort.readPhy.trains[channel]?.[spike] as number) - peak)).toBeLessThanOrEqual(2);
    }
  }
  const trains = found.fromHdf5.trains;
  expect(found.fromPickle.trains).toEqual(trains);
  expect(found.fromNwb.h5py.trains).toEqual(trains);
  expect(trains.map((train) => train.map((time) => Math.round(time * (rateHz / 1e3))))).toEqual(
    found.kilosort.readPhy.trains,
  );
  const raw = Array.from({ length: channels }, (_, channel) => [
    ...traces.subarray(channel * samples, (channel + 1) * samples),
  ]);
  expect(found.fromHdf5.raw).toEqual(raw);
  expect(found.fromPickle.raw).toEqual(raw);
  expect(found.kilosort.phylib.traces).toEqual([0, 1, 2, 3].map((sample) => raw.map((channel) => channel[sample])));
  for (const { errors, series } of found.pynwb) {
    expect(errors).toEqual([]);
    expect(series["ElectricalSeries"]).toMatchObject({ rate: rateHz });
    expect(series["ElectricalSeries"]?.volts).toEqual(
      Array.from({ length: samples }, (_, sample) => raw.map((channel) => (channel[sample] as number) * 1e-6)),
    );
  }
});

function npy(values: Float64Array, shape: readonly number[]): Buffer {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`.padEnd(117);
  const head = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(`${text}\n`)]);
  return Buffer.concat([head, Buffer.from(values.buffer)]);
}
