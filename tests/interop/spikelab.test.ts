import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { asBytes, type DatasetStream, type RawOptions, Stopwatch } from "@sluice/core";
import { hdf5, hdf5Loader } from "@sluice/hdf5-service";
import { ArraySpec, Axis, DatasetSpec, type Frame, SpikeTrains } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";
import type { SpikelabRecording } from "../harness/spikelab-recording.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);
const withData = testUnless(python.obstacle ?? sharedDataMissing("spikelab"));

type Style = "ragged" | "raster" | "group" | "paired";
const styles: readonly Style[] = ["ragged", "raster", "group", "paired"];

interface Question {
  readonly path: string;
  readonly options: Record<string, unknown>;
  readonly raster?: number;
}

/** Arguments of SpikeLab's loader for files with the names that both exporters choose. */
const namesOf: Readonly<Record<Style, Record<string, unknown>>> = {
  ragged: { spike_times_dataset: "spike_times", spike_times_index_dataset: "spike_times_index" },
  raster: { raster_dataset: "raster", raster_bin_size_ms: 1 },
  group: { group_per_unit: "units" },
  paired: { idces_dataset: "idces", times_dataset: "times" },
};

function loaded(questions: readonly Question[]): Promise<SpikelabRecording[]> {
  return python.ask<SpikelabRecording[]>("scripts/load_spikelab.py", questions);
}

interface Recording {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly units: readonly (readonly number[])[];
  /** Raw traces [sample, channel] of float32. */
  readonly raw?: { readonly data: Float32Array; readonly channels: number };
}

function streamOf({ startSeconds, durationSeconds, units, raw }: Recording, samplingRateHz: number): DatasetStream {
  const unitAxis = Axis.fromPartial({ name: "unit", size: units.length });
  const times = ArraySpec.fromPartial({
    arrayId: 1,
    name: "times",
    dataType: "float64",
    ragged: true,
    axes: [unitAxis],
  });
  const samples = raw ? raw.data.length / raw.channels : 0;
  const traces = ArraySpec.fromPartial({
    arrayId: 2,
    name: "raw",
    dataType: "float32",
    axes: [Axis.fromPartial({ name: "sample", size: samples }), Axis.fromPartial({ name: "c", size: raw?.channels })],
  });
  const spikeTrains = SpikeTrains.fromPartial({
    timesArray: "times",
    startTimeSeconds: startSeconds,
    durationSeconds,
    samplingRateHz,
    rawArray: raw ? "raw" : "",
  });
  const dataset = DatasetSpec.fromPartial({ name: "recording", spikeTrains: [spikeTrains] });
  return { header: { dataset, arrays: raw ? [times, traces] : [times], tables: [] }, frames: frames() };

  async function* frames(): AsyncGenerator<Frame> {
    const data = asBytes(Float64Array.from(units.flat()));
    const rowLengths = units.map(({ length }) => length);
    if (units.length > 0) {
      yield {
        sequence: 0,
        content: { $case: "ragged", value: { arrayId: 1, firstRow: 0, rowLengths, elementOffset: 0, data } },
      };
    }
    if (!raw) return;
    const value = { arrayId: 2, offset: [0, 0], shape: [samples, raw.channels], data: asBytes(raw.data) };
    yield { sequence: 0, content: { $case: "chunk", value } };
  }
}

async function exported(stream: DatasetStream, options: RawOptions, path: string): Promise<void> {
  const sink = memorySink();
  await hdf5.export(stream, { profile: "spikelab", ...options }, sink, {
    signal: new AbortController().signal,
    jobId: "job",
    name: "spikes",
    clock: new Stopwatch(),
    now: () => new Date(0),
    uuid: () => "",
  });
  await sink.prepare();
  writeFileSync(path, sink.files.get("spikes.h5") as Uint8Array);
}

for (const style of styles) {
  withData(`SpikeLab loads three units from a file in style ${style} of one in which it finds two`, async () => {
    const source = sharedData("spikelab/sl_ragged_first_unit_empty.h5");
    const out = scratch.fresh();
    const set = ["--set", "hdf5.profile=spikelab", "--set", `hdf5.style=${style}`];
    const verify = style === "raster" ? [] : ["--verify"];
    const { code, stderr } = await sluice(["export", source, "--to", "hdf5", ...set, "--out", out, ...verify]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [theirs, ours] = await loaded([
      { path: source, options: namesOf.ragged },
      { path: join(out, "sl_ragged_first_unit_empty.h5"), options: namesOf[style], raster: 1 },
    ]);
    expect(theirs?.units).toBe(2);
    const middles = [[], [4.5, 9.5], [6.5]];
    expect(ours?.trains).toEqual(style === "raster" ? middles : [[], [5, 10], [7]]);
    expect(ours?.raster?.map((row) => row.flatMap((count, bin) => (count > 0 ? [bin] : [])))).toEqual([
      [],
      [4, 9],
      [6],
    ]);
    expect(ours?.startMs).toBe(0);
    expect(ours?.lengthMs).toBeCloseTo(20, 12);
  });
}

const seeds: readonly { file: string; options: RawOptions; arguments: Record<string, unknown> }[] = [
  { file: "sl_ragged_s.h5", options: {}, arguments: namesOf.ragged },
  { file: "sl_group_s.h5", options: {}, arguments: namesOf.group },
  {
    file: "sl_group_samples20k.h5",
    options: { samplingRateHz: 20_000 },
    arguments: { ...namesOf.group, group_time_unit: "samples", fs_Hz: 20_000 },
  },
  { file: "sl_paired_ms.h5", options: {}, arguments: { ...namesOf.paired, times_unit: "ms" } },
  { file: "sl_raster_5ms.h5", options: {}, arguments: { ...namesOf.raster, raster_bin_size_ms: 5 } },
  {
    file: "sl_ragged_raw.h5",
    options: {},
    arguments: { ...namesOf.ragged, raw_dataset: "raw", raw_time_dataset: "raw_time", raw_time_unit: "ms" },
  },
];

for (const { file, options, arguments: given } of seeds) {
  withData(`our loader finds in ${file} what SpikeLab's finds`, async () => {
    const path = sharedData(`spikelab/${file}`);
    const [theirs] = await loaded([{ path, options: given }]);
    const stream = await hdf5Loader.load(path, options);
    const again = join(scratch.fresh(), "spikes.h5");
    const [spikes] = stream.header.dataset.spikeTrains;
    await exported(stream, {}, again);
    const raw = spikes?.rawArray ? { raw_dataset: "raw", raw_time_dataset: "raw_time" } : {};
    const [ours] = await loaded([{ path: again, options: { ...namesOf.ragged, ...raw } }]);
    // The last place of a double: milliseconds become seconds and milliseconds again.
    const rounded = (trains: readonly (readonly number[])[]) => trains.map((train) => train.map(toPicoseconds));
    expect(rounded(ours?.trains ?? [])).toEqual(rounded(theirs?.trains ?? []));
    expect(ours?.raw).toEqual(theirs?.raw);
    expect(ours?.rawTimesMs.map(toPicoseconds)).toEqual(theirs?.rawTimesMs.map(toPicoseconds));
    expect(ours?.lengthMs).toBeCloseTo(theirs?.lengthMs as number, 9);
  });
}

withData("the golden trains come back from every style", async () => {
  const golden = JSON.parse(readFileSync(sharedData("spikelab/golden_spikelab.json"), "utf8"));
  const trains = golden.trains as number[][];
  const folder = scratch.fresh();
  const recording = {
    startSeconds: 0,
    durationSeconds: golden.length_ms / 1e3,
    units: trains.map((train) => train.map((time) => time / 1e3)),
  };
  const paths = styles.map((style) => join(folder, `${style}.h5`));
  for (const [index, style] of styles.entries()) {
    await exported(streamOf(recording, 20_000), { style }, paths[index] as string);
  }
  const found = await loaded(
    styles.map((style, index) => ({ path: paths[index] as string, options: namesOf[style], raster: 1 })),
  );
  for (const [index, style] of styles.entries()) {
    const { trains: ours, raster } = found[index] as SpikelabRecording;
    const seen = style === "paired" ? withoutSilentEnd(trains) : trains;
    const differs = raster?.some((row, unit) => JSON.stringify(row) !== JSON.stringify(found[0]?.raster?.[unit]));
    expect({ differs, units: raster?.length }).toEqual({ differs: false, units: seen.length });
    if (style === "raster") continue;
    expect(ours.map((train) => train.map(toPicoseconds))).toEqual(seen.map((train) => train.map(toPicoseconds)));
  }
});

/** Recordings that end with a spike, begin before the event, and have units without a spike anywhere. */
const recordings: fc.Arbitrary<Recording> = fc
  .record({
    startSeconds: fc.constantFrom(0, -0.2, 1.25),
    durationSeconds: fc.double({ min: 0.01, max: 2, noNaN: true }),
    units: fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant<number[]>([]) },
        { weight: 2, arbitrary: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))) },
      ),
      { maxLength: 6 },
    ),
  })
  .map(({ startSeconds, durationSeconds, units }) => ({
    startSeconds,
    durationSeconds,
    units: units.map((unit) =>
      unit
        .map((part) => Math.min(startSeconds + part * durationSeconds, startSeconds + durationSeconds))
        .toSorted(ascending),
    ),
  }));

const timeUnits = ["s", "ms", "samples"] as const;
const fs = 20_000;
const perStyle = 60;

for (const style of styles) {
  readable(`SpikeLab loads ${perStyle} random recordings in style ${style}`, async () => {
    const folder = scratch.fresh();
    const random = fc.sample(recordings, { seed: 7, numRuns: perStyle });
    const questions: Question[] = [];
    for (const [index, recording] of random.entries()) {
      const path = join(folder, `${index}.h5`);
      const timeUnit = timeUnits[index % 3] as string;
      const rasterBinMs = [1, 5, 7.5][index % 3] as number;
      await exported(streamOf(recording, fs), style === "raster" ? { style, rasterBinMs } : { style, timeUnit }, path);
      const unitOf = { ragged: "spike_times_unit", group: "group_time_unit", paired: "times_unit", raster: undefined };
      const unit = unitOf[style] ? { [unitOf[style]]: timeUnit, fs_Hz: fs } : { raster_bin_size_ms: rasterBinMs };
      questions.push({ path, options: { ...namesOf[style], ...unit } });
    }
    const found = await loaded(questions);
    for (const [index, { startSeconds, durationSeconds, units }] of random.entries()) {
      const { error, trains, startMs, lengthMs } = found[index] as SpikelabRecording;
      expect(error).toBeUndefined();
      const sample = timeUnits[index % 3] === "samples" && style !== "raster" ? 0.5000001 / (fs / 1e3) : 1e-9;
      const bin = [1, 5, 7.5][index % 3] as number;
      const slack = style === "raster" ? bin : sample;
      expect(Math.abs(startMs - startSeconds * 1e3)).toBeLessThanOrEqual(slack);
      expect(Math.abs(lengthMs - durationSeconds * 1e3)).toBeLessThanOrEqual(2 * slack);
      const seen = style === "paired" ? withoutSilentEnd(units) : units;
      expect(trains.map(({ length }) => length)).toEqual(seen.map(({ length }) => length));
      for (const [unit, times] of seen.entries()) {
        for (const [spike, time] of times.entries()) {
          expect(Math.abs((trains[unit]?.[spike] as number) - time * 1e3)).toBeLessThanOrEqual(slack);
        }
      }
    }
  });
}

readable("SpikeLab loads raw traces with their times", async () => {
  const data = Float32Array.from({ length: 3 * 40_000 }, (_, index) => Math.fround(Math.sin(index)));
  const recording = { startSeconds: -1, durationSeconds: 2, units: [[0.5]], raw: { data, channels: 3 } };
  const path = join(scratch.fresh(), "raw.h5");
  await exported(streamOf(recording, fs), { style: "group" }, path);
  const options = { ...namesOf.group, raw_dataset: "raw", raw_time_dataset: "raw_time" };
  const [found] = await loaded([{ path, options }]);
  const channel = (index: number) => Array.from({ length: 40_000 }, (_, sample) => data[3 * sample + index]);
  expect(found?.raw).toEqual([channel(0), channel(1), channel(2)]);
  expect(found?.rawTimesMs[0]).toBe(-1000);
  expect(found?.rawTimesMs[20_000]).toBeCloseTo(0, 9);
  expect(found?.rawTimesMs).toHaveLength(40_000);
});

/** SpikeLab counts the units of a paired file up to the last one that has a spike. */
function withoutSilentEnd(units: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return units.slice(0, units.findLastIndex(({ length }) => length > 0) + 1);
}

function toPicoseconds(ms: number): number {
  return Math.round(ms * 1e9);
}

function ascending(a: number, b: number): number {
  return a - b;
}
