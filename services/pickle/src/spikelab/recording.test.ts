import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { LossKind } from "@sluice/proto";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { pickle } from "../exporter.ts";
import { protocols } from "../python/opcodes.ts";
import { exportToMemory } from "../testing/export-to-memory.ts";
import { recording } from "../testing/recording.ts";
import { plain } from "../testing/unpickled.ts";

const profile = "spikelab";

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
