import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { ArraySpec, LossKind } from "@sluice/proto";
import { raggedFrames } from "@sluice/spikes";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { pickle } from "../exporter.ts";
import { protocols } from "../python/opcodes.ts";
import { exportToMemory } from "../testing/export-to-memory.ts";
import { type Made, unpickle } from "../testing/unpickle.ts";
import { arrayOf, plain } from "../testing/unpickled.ts";

const profile = "spikelab";

interface Recording {
  readonly fields: readonly string[];
  readonly trains: number[][];
  readonly raw: ReturnType<typeof arrayOf>;
  readonly rawTimes: number[];
  readonly rest: Record<string, unknown>;
}

function recording(bytes: Uint8Array): Recording {
  const made = unpickle(bytes) as Made;
  expect([made.by, made.parameters]).toEqual(["spikelab.spikedata.spikedata.SpikeData", []]);
  const { train, raw_data, raw_time, ...rest } = Object.fromEntries(made.state as Map<string, unknown>);
  return {
    fields: [...(made.state as Map<string, unknown>).keys()],
    trains: (train as unknown[]).map(numbers),
    raw: arrayOf(raw_data),
    rawTimes: numbers(raw_time),
    rest,
  };
}

function numbers(value: unknown): number[] {
  const { dataType, shape, bytes } = arrayOf(value);
  expect([dataType, shape.length]).toEqual(["float64", 1]);
  return [...new Float64Array(bytes.buffer)];
}

const traces = {
  name: "raw",
  dataType: "int16" as const,
  shape: [4, 2],
  data: Int16Array.of(0, 10, 1, 11, 2, 12, 3, 13),
  axes: ["sample", "channel"],
};

test.each(protocols)("the object has SpikeLab's fields in SpikeLab's order, protocol %i", async (protocol) => {
  const units = smallTable("units", 3, { electrode: [4, 7, null], label: ["good", null, "mua"] });
  const stream = spikeStream([[0.005, 0.01, 0.015], [0.0025, 0.02], []], {
    spikes: { durationSeconds: 0.025, unitsTable: "units" },
    tables: [units],
    dataset: { name: "slice", metadata: { mouse: 7 } },
  });
  const { bytes, findings } = await exportToMemory(stream, { profile, protocol });
  const { fields, trains, raw, rawTimes, rest } = recording(bytes);
  expect(fields).toEqual([
    "train",
    "start_time",
    "length",
    "N",
    "raw_data",
    "raw_time",
    "metadata",
    "neuron_attributes",
  ]);
  expect(trains).toEqual([[5, 10, 15], [2.5, 20], []]);
  expect(raw).toMatchObject({ dataType: "float64", shape: [0, 0] });
  expect(rawTimes).toEqual([]);
  expect(rest).toMatchObject({ start_time: 0, length: 25, N: 3n });
  expect(plain(rest["metadata"])).toMatchObject({ mouse: 7, sluice: { name: "slice" } });
  expect(plain(rest["neuron_attributes"])).toEqual([
    { electrode: 4, label: "good" },
    { electrode: 7 },
    { label: "mua" },
  ]);
  expect(findings.losses).toMatchObject([{ kind: LossKind.LOSS_KIND_DROPPED, field: "tables.units" }]);
  expect(findings.digests).toEqual([]);
});

test.each(protocols)("raw traces of any length stream by, in Fortran's order, protocol %i", async (protocol) => {
  const stream = spikeStream([[0.001]], {
    spikes: { rawArray: "raw", samplingRateHz: 1000, startTimeSeconds: -0.001, durationSeconds: 0.01 },
    arrays: [traces],
  });
  stream.header.arrays[1]!.axes[0]!.size = undefined;
  const { bytes, findings } = await exportToMemory(stream, { profile, protocol });
  const { raw, rawTimes, rest, trains } = recording(bytes);
  expect(raw).toEqual({ dataType: "int16", shape: [2, 4], fortran: true, bytes: asBytes(traces.data) });
  expect(rawTimes).toEqual([-1, 0, 1, 2]);
  expect(trains).toEqual([[1]]);
  expect(rest).toMatchObject({ start_time: -1, length: 10 });
  expect(findings.digests).toMatchObject([{ array: "raw", shape: [4, 2] }]);
  expect(findings.losses).toMatchObject([{ kind: LossKind.LOSS_KIND_TRANSPOSED, field: "arrays.raw" }]);
});

test("times of the samples come from their array", async () => {
  const seconds = {
    name: "t",
    dataType: "float64" as const,
    shape: [4],
    data: Float64Array.of(0, 0.5, 1, 2),
    axes: ["sample"],
    spec: { unit: "second" },
  };
  const axes = [{ name: "sample", coordinatesArray: "t" }, "channel"];
  const stream = spikeStream([[]], { spikes: { rawArray: "raw" }, arrays: [{ ...traces, axes }, seconds] });
  expect(recording((await exportToMemory(stream, { profile })).bytes).rawTimes).toEqual([0, 500, 1000, 2000]);
});

test("units that do not ascend are sorted, and it is said", async () => {
  const stream = spikeStream([[1, 2], [3, 1, 2], [2]], { spikesPerChunk: 1 });
  const { bytes, findings } = await exportToMemory(stream, { profile });
  expect(recording(bytes).trains).toEqual([[1000, 2000], [1000, 2000, 3000], [2000]]);
  expect(findings.warnings).toMatchObject([{ reason: "SPIKES_UNSORTED", got: "1 units" }]);
});

test("trains of any lengths, in chunks of any size, at every protocol", async () => {
  const unit = fc.oneof(
    fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 30 }),
    fc.nat(9000).map((length) => Array.from({ length }, (_, index) => index / 1000)),
  );
  const drawn = fc.record({
    units: fc.array(unit, { maxLength: 6 }),
    spikesPerChunk: fc.constantFrom(3000, Number.POSITIVE_INFINITY),
    protocol: fc.constantFrom(...protocols),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ units, spikesPerChunk, protocol }) => {
      const stream = spikeStream(units, { spikesPerChunk, spikes: { startTimeSeconds: -10, durationSeconds: 20 } });
      const { trains, rest } = recording((await exportToMemory(stream, { profile, protocol })).bytes);
      expect(trains).toEqual(
        units.map((times) => Array.from(Float64Array.from(times, (time) => time * 1e3).toSorted())),
      );
      expect(rest).toMatchObject({
        N: BigInt(units.length),
        start_time: -10_000,
        length: 20_000,
        neuron_attributes: null,
      });
    }),
    { numRuns: 40 },
  );
});

test("a recording that ends with a spike holds it after rounding, too", async () => {
  for (const last of [0.1 + 0.2, 1.1, 7.7, 1234.567_89]) {
    const { rest, trains } = recording((await exportToMemory(spikeStream([[last]]), { profile })).bytes);
    const end = (rest["start_time"] as number) + (rest["length"] as number);
    expect(end).toBeGreaterThanOrEqual(trains[0]![0]!);
  }
});

test("what SpikeLab has no place for is named", async () => {
  const electrodes = smallTable("electrodes", 4, { x: [1] });
  const spikes = { electrodesTable: "electrodes", rawArray: "raw", samplingRateHz: 1000 };
  const { header } = spikeStream([[]], { spikes, tables: [electrodes], arrays: [traces] });
  const { losses, problems } = await pickle.check(header, { profile, rawTraces: false });
  expect(problems).toEqual([]);
  expect(losses?.map(({ field }) => field)).toEqual(["arrays.raw", "tables.electrodes"]);
});

test("what stands against it is named before a byte is written", async () => {
  const { header } = spikeStream([[]], { spikes: { rawArray: "raw" }, arrays: [traces] });
  expect((await pickle.check(header, { profile })).problems).toMatchObject([{ reason: "RAW_TIMES_MISSING" }]);
  const outside = spikeStream([[0.5]], { spikes: { durationSeconds: 0.1 } });
  await expect(exportToMemory(outside, { profile })).rejects.toMatchObject({
    problem: { reason: "SPIKE_OUTSIDE_RECORDING" },
  });
});

test("metadata with a key of ours keep it", async () => {
  const stream = spikeStream([[]], { dataset: { metadata: { sluice: 1 }, name: "a" } });
  const { rest } = recording((await exportToMemory(stream, { profile })).bytes);
  expect(plain(rest["metadata"])).toMatchObject({ sluice: 1, sluice_: { name: "a" } });
});

test.each(protocols)("what is said of each unit is an attribute of its neuron, protocol %i", async (protocol) => {
  const unit = { name: "unit" };
  const templates = Float32Array.from({ length: 3 * 2 * 2 }, (_, index) => index / 2);
  const stream = spikeStream([[1], [], [2, 3]], {
    spikes: { unitsTable: "units", templatesArray: "spikes/templates", amplitudesArray: "spikes/amplitudes" },
    tables: [smallTable("units", 9, { electrode: [4, null, 5] })],
    arrays: [
      { name: "spikes/cv", dataType: "float64", shape: [3], data: Float64Array.of(0.5, Number.NaN, 1), axes: [unit] },
      {
        name: "spikes/templates",
        dataType: "float32",
        shape: [3, 2, 2],
        data: templates,
        axes: [unit, "sample", "channel"],
      },
      { name: "other/cv", dataType: "int16", shape: [3, 1], data: Int16Array.of(7, 8, 9), axes: [unit, "x"] },
      { name: "spikes/elsewhere", dataType: "float64", shape: [3, 1], data: new Float64Array(3), axes: ["x", "y"] },
    ],
  });
  const ragged = [77, 78].map((arrayId, index) =>
    ArraySpec.fromPartial({ ...stream.header.arrays[0], arrayId, name: `spikes/${["amplitudes", "isi"][index]}` }),
  );
  const header = { ...stream.header, arrays: [...stream.header.arrays, ...ragged] };
  const rows = [[], [0.25], [1, 2]];
  async function* frames() {
    yield* stream.frames;
    for (const arrayId of [77, 78]) {
      yield* raggedFrames(
        arrayId,
        rows.map((row) => Float64Array.from(row)),
      );
    }
  }
  const { bytes, findings } = await exportToMemory({ header, frames: frames() }, { profile, protocol });
  const neurons = recording(bytes).rest["neuron_attributes"] as Map<string, unknown>[];
  expect(neurons.map((neuron) => [...neuron.keys()])).toEqual([
    ["electrode", "cv", "template", "cv_2", "isi"],
    ["cv", "template", "cv_2", "isi"],
    ["electrode", "cv", "template", "cv_2", "isi"],
  ]);
  expect(neurons.map((neuron) => neuron.get("cv"))).toEqual([0.5, Number.NaN, 1]);
  for (const [index, neuron] of neurons.entries()) {
    const template = templates.slice(4 * index, 4 * index + 4);
    expect(arrayOf(neuron.get("template"))).toEqual({
      dataType: "float32",
      shape: [2, 2],
      fortran: false,
      bytes: asBytes(template),
    });
    expect(arrayOf(neuron.get("cv_2"))).toMatchObject({
      dataType: "int16",
      shape: [1],
      bytes: Uint8Array.of(7 + index, 0),
    });
    expect(numbers(neuron.get("isi"))).toEqual(rows[index]);
  }
  expect(findings.losses?.map(({ field }) => field)).toEqual([
    "arrays.spikes/elsewhere",
    "arrays.spikes/amplitudes",
    "tables.units",
  ]);
  expect(findings.digests?.map(({ array }) => array).toSorted()).toEqual([
    "other/cv",
    "spikes/cv",
    "spikes/isi",
    "spikes/templates",
  ]);
});

test("a template larger than a block, and units whose rows are missing", async () => {
  const unit = { name: "unit" };
  const data = Float64Array.from({ length: 2 * 600 * 1200 }, (_, index) => index);
  const arrays = [{ name: "big", dataType: "float64" as const, shape: [2, 600, 1200], data, axes: [unit, "a", "b"] }];
  const { bytes } = await exportToMemory(spikeStream([[], []], { arrays }), { profile });
  const neurons = recording(bytes).rest["neuron_attributes"] as Map<string, unknown>[];
  for (const [index, neuron] of neurons.entries()) {
    const { shape, bytes: found } = arrayOf(neuron.get("big"));
    expect(shape).toEqual([600, 1200]);
    expect(Buffer.from(found).equals(asBytes(data.slice(720_000 * index, 720_000 * (index + 1))))).toBe(true);
  }
  const stream = spikeStream([[], []], {
    arrays: [{ name: "few", dataType: "float64", shape: [1, 1], data: new Float64Array(1), axes: [unit, "x"] }],
  });
  stream.header.arrays[1]!.axes[0]!.size = 2;
  const end = { sequence: 0, content: { $case: "arrayEnd" as const, value: { arrayId: 1, shape: [1, 1] } } };
  async function* frames() {
    yield* stream.frames;
    yield end;
  }
  const cut = exportToMemory({ header: stream.header, frames: frames() }, { profile });
  await expect(cut).rejects.toMatchObject({ problem: { reason: "LENGTH_MISMATCH", field: "arrays.few" } });
});
