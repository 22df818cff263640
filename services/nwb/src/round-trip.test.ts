import { expect, test } from "@jest/globals";
import { asBytes, type DatasetStream, digestsOf } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { readStructure } from "@sluice/hdf5/testing";
import { ArraySpec } from "@sluice/proto";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { nwbLoader } from "./index.ts";
import { exportToMemory, withFile } from "./testing/index.ts";

/** A sorted list of times in a recording of two seconds. */
const train = fc
  .array(fc.double({ min: -0.5, max: 1.5, noNaN: true }), { maxLength: 30 })
  .map((times) => times.map((time) => time + 0).toSorted((a, b) => a - b));

const recording = fc
  .record({
    units: fc.array(fc.oneof({ weight: 1, arbitrary: fc.constant<number[]>([]) }, { weight: 3, arbitrary: train }), {
      minLength: 1,
      maxLength: 8,
    }),
    spikesPerChunk: fc.integer({ min: 1, max: 40 }),
    rate: fc.constantFrom(undefined, 1000, 24_414.0625, 30_000),
    raw: fc.option(
      fc.record({
        dataType: fc.constantFrom("int16", "uint16", "int32", "float32", "float64"),
        samples: fc.integer({ min: 1, max: 300 }),
        channels: fc.integer({ min: 1, max: 70 }),
        unknownLength: fc.boolean(),
        unit: fc.constantFrom("uV", "mV", "V"),
        valueScale: fc.constantFrom(undefined, 0.195, 2),
      }),
      { nil: undefined },
    ),
    templates: fc.boolean(),
    labels: fc.boolean(),
    compression: fc.constantFrom("deflate", "none"),
  })
  .map((given) => ({ ...given, stream: streamOf(given) }));

interface Recording {
  readonly units: readonly (readonly number[])[];
  readonly spikesPerChunk: number;
  readonly rate: number | undefined;
  readonly raw:
    | {
        readonly dataType: string;
        readonly samples: number;
        readonly channels: number;
        readonly unknownLength: boolean;
        readonly unit: string;
        readonly valueScale: number | undefined;
      }
    | undefined;
  readonly templates: boolean;
  readonly labels: boolean;
}

const arrayOf = {
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function streamOf({ units, spikesPerChunk, rate, raw, templates, labels }: Recording): DatasetStream {
  const arrays: MemoryArray[] = [];
  if (raw) {
    const dataType = raw.dataType as keyof typeof arrayOf;
    const count = raw.samples * raw.channels;
    arrays.push({
      name: "traces/wide",
      dataType,
      shape: [raw.samples, raw.channels],
      data: new arrayOf[dataType](Array.from({ length: count }, (_, index) => (index * 7919) % 1021)),
      axes: [{ name: "sample", unit: "second", scale: 1 / (rate ?? 1000), origin: -0.5 }, "channel"],
      spec: { unit: raw.unit, valueScale: raw.valueScale },
    });
  }
  if (templates) {
    const data = Float32Array.from({ length: units.length * 6 }, (_, index) => index / 8);
    arrays.push({
      name: "shapes",
      dataType: "float32",
      shape: [units.length, 3, 2],
      data,
      axes: ["u", "s", "c"],
      spec: { unit: "V" },
    });
  }
  const tables = labels ? [smallTable("cells", 1, { label: units.map((_, unit) => `unit µ${unit}`) })] : [];
  const stream = spikeStream(units, {
    spikes: {
      startTimeSeconds: -0.5,
      durationSeconds: 2,
      samplingRateHz: rate,
      rawArray: raw ? "traces/wide" : "",
      templatesArray: templates ? "shapes" : "",
      unitsTable: labels ? "cells" : "",
    },
    spikesPerChunk,
    arrays,
    tables,
    dataset: { name: "random", sessionStartTime: new Date("2020-02-03T04:05:06.789Z"), records: { a: { b: 1 } } },
  });
  if (!raw?.unknownLength) return stream;
  const open = stream.header.arrays.map((array) =>
    array.name === "traces/wide"
      ? ArraySpec.fromPartial({
          ...array,
          axes: array.axes.map((axis, index) => (index === 0 ? { ...axis, size: undefined } : axis)),
        })
      : array,
  );
  return { header: { ...stream.header, arrays: open }, frames: stream.frames };
}

test("what goes in comes out: spikes, waveforms and traces to the bit, however they are cut", async () => {
  await fc.assert(
    fc.asyncProperty(recording, async ({ stream, compression, units, rate, labels }) => {
      const { bytes, findings } = await exportToMemory(stream, { compression });
      readStructure(bytes);
      expect(findings.digests?.map(({ array }) => array)).toEqual(stream.header.arrays.map(({ name }) => name));
      await withFile(bytes, async (path) => {
        const loaded = await nwbLoader.load(path, {});
        const digests = new Map((await digestsOf(loaded)).map((digest) => [digest.array, digest]));
        for (const digest of findings.digests ?? []) expect(digests.get(digest.array)).toEqual(digest);
        const { dataset, arrays, tables } = loaded.header;
        expect(dataset).toMatchObject({ name: "random", records: { a: { b: 1 } } });
        expect(dataset.sessionStartTime).toEqual(stream.header.dataset.sessionStartTime);
        expect(dataset.spikeTrains[0]).toMatchObject({ startTimeSeconds: -0.5, durationSeconds: 2 });
        if (rate !== undefined) expect(dataset.spikeTrains[0]?.samplingRateHz).toBe(rate);
        expect(arrays[0]?.axes[0]?.size).toBe(units.length);
        expect(tables.map(({ name }) => name)).toEqual([
          ...(labels ? ["cells"] : []),
          ...(dataset.spikeTrains[0]?.rawArray ? ["electrodes"] : []),
        ]);
        const unit = (list: readonly ArraySpec[]) => list.find(({ name }) => name === "traces/wide");
        expect(unit(arrays)?.unit).toBe(unit(stream.header.arrays)?.unit);
        expect(unit(arrays)?.valueScale).toBe(unit(stream.header.arrays)?.valueScale);
      });
    }),
    { numRuns: 16 },
  );
});

test("spikes in more than one chunk of the file, and units of one spike each", async () => {
  const units = Array.from({ length: 3000 }, (_, unit) =>
    unit === 1234 ? Array.from({ length: 80_000 }, (_value, index) => index / 100_000) : [unit / 10_000],
  );
  const stream = spikeStream(units, {
    spikes: { durationSeconds: 1 },
    spikesPerChunk: 30_000,
    dataset: { sessionStartTime: new Date(0) },
  });
  const { bytes, findings } = await exportToMemory(stream);
  const { datasets } = readStructure(bytes);
  expect(datasets.get("/units/spike_times")).toMatchObject({ shape: [82_999] });
  await withFile(bytes, async (path) =>
    expect(await digestsOf(await nwbLoader.load(path, {}))).toEqual(findings.digests),
  );
});

test("the file depends on the values alone, not on how they were cut", async () => {
  const units = [[0.1, 0.2, 0.3], [], [0.4]];
  const files = await Promise.all(
    [1, 2, 100].map(async (spikesPerChunk) => {
      const stream = spikeStream(units, {
        spikes: { durationSeconds: 1 },
        spikesPerChunk,
        dataset: { sessionStartTime: new Date(0) },
      });
      return (await exportToMemory(stream)).bytes;
    }),
  );
  for (const bytes of files) expect(Buffer.compare(asBytes(bytes), asBytes(files[0] as Uint8Array))).toBe(0);
});
