import { expect, test } from "@jest/globals";
import { type DatasetStream, type RawOptions } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { AxisType, LossKind, Provenance } from "@sluice/proto";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { pickle } from "../exporter.ts";
import { protocols } from "../python/opcodes.ts";
import { exportToMemory } from "../testing/export-to-memory.ts";
import { type Made, unpickle } from "../testing/unpickle.ts";
import { arrayOf, plain } from "../testing/unpickled.ts";

const profile = "spikelab";
const unit = { name: "unit", type: AxisType.AXIS_TYPE_ITEM };

function matrix(name: string, values: readonly number[], labels: string[] = []): MemoryArray {
  const size = Math.sqrt(values.length);
  const axes = [
    { ...unit, labels },
    { ...unit, name: "other_unit", size, labels },
  ];
  return { name, dataType: "float64", shape: [size, size], data: Float64Array.from(values), axes };
}

function rates(
  name: string,
  values: ArrayLike<number>,
  columns: number,
  parts: Partial<MemoryArray> = {},
): MemoryArray {
  const time = { name: "time", type: AxisType.AXIS_TYPE_TIME, unit: "millisecond", scale: 2.5, origin: -5 };
  return {
    name,
    dataType: "float64",
    shape: [values.length / columns, columns],
    data: Float64Array.from(values),
    axes: [unit, time],
    spec: { unit: "hertz" },
    ...parts,
  };
}

/** Class, names of the fields in their order, and the fields: arrays as their values. */
function objectOf(bytes: Uint8Array) {
  const { by, state } = unpickle(bytes) as Made;
  const fields = state as Map<string, unknown>;
  const values = Array.from(fields, ([name, value]) => {
    if (!(value && typeof value === "object" && "by" in value)) return [name, plain(value)];
    const { dataType, shape, fortran, bytes: data } = arrayOf(value);
    expect([dataType, fortran]).toEqual(["float64", false]);
    return [name, { shape, values: [...new Float64Array(data.buffer)] }];
  });
  return { by, names: [...fields.keys()], fields: Object.fromEntries(values) as Record<string, unknown> };
}

async function problemsOf({ header }: DatasetStream, options: RawOptions) {
  const { problems } = await pickle.check(header, { profile, ...options });
  return problems?.map(({ reason, field, allowed }) => ({ reason, field, allowed }));
}

const values = [1, 0.25, -0.5, 0.25, 1, Number.NaN, -0.5, Number.NaN, 1];
const table = smallTable("units", 9, { electrode: [4, null] });
const spikes = { unitsTable: "units", durationSeconds: 1 };

test.each(protocols)("a measure of pairs is a PairwiseCompMatrix, protocol %i", async (protocol) => {
  const steps = [
    { name: "spikes.sttc", parameters: { windowMs: 20 } },
    { name: "spikes.isi" },
    { name: "spikes.sttc", parameters: { windowMs: 7.5 } },
  ];
  const dataset = { provenance: Provenance.fromPartial({ steps }), metadata: { mouse: 3 } };
  const arrays = [matrix("spikes/sttc", values), matrix("spikes/sttc_2", values, ["a", "b", "c"])];
  const source = () => spikeStream([[], [], []], { arrays, dataset });
  const { bytes, findings } = await exportToMemory(source(), { profile, protocol, array: "spikes/sttc_2" });
  const { by, names, fields } = objectOf(bytes);
  expect([by, names]).toEqual(["spikelab.spikedata.pairwise.PairwiseCompMatrix", ["matrix", "labels", "metadata"]]);
  expect(fields).toMatchObject({
    matrix: { shape: [3, 3], values },
    labels: ["a", "b", "c"],
    metadata: { delt: 7.5, sluice: { metadata: { mouse: 3 }, array: { name: "spikes/sttc_2" } } },
  });
  expect(findings.digests).toMatchObject([{ array: "spikes/sttc_2" }]);
  expect(findings.losses?.map(({ field }) => field)).toEqual(["arrays.spikes/times", "arrays.spikes/sttc"]);
  const first = objectOf((await exportToMemory(source(), { profile, protocol, array: "spikes/sttc" })).bytes);
  expect(first.fields).toMatchObject({ labels: null, metadata: { delt: 20 } });
});

test.each(protocols)("a firing rate is a RateData of any number of units, protocol %i", async (protocol) => {
  const arrays = [rates("spikes/sliding_rate", [0, 1000, 2, 3, 4, 5], 3)];
  const source = () => {
    const stream = spikeStream([[], []], { arrays, spikes, tables: [table] });
    stream.header.arrays[1]!.axes[0]!.size = undefined;
    return stream;
  };
  const { bytes, findings } = await exportToMemory(source(), { profile, protocol, object: "RateData" });
  const { by, names, fields } = objectOf(bytes);
  expect(by).toBe("spikelab.spikedata.ratedata.RateData");
  expect(names).toEqual(["inst_Frate_data", "times", "rate_unit", "N", "neuron_attributes"]);
  const rest = { times: { shape: [3], values: [-5, -2.5, 0] }, N: 2, neuron_attributes: [{ electrode: 4 }, {}] };
  expect(fields).toEqual({
    inst_Frate_data: { shape: [2, 3], values: [0, 1000, 2, 3, 4, 5] },
    rate_unit: "Hz",
    ...rest,
  });
  expect(findings.digests).toMatchObject([{ array: "spikes/sliding_rate" }]);
  const kilo = await exportToMemory(source(), { profile, protocol, object: "RateData", rateUnit: "kHz" });
  const perMs = [0, 1, 0.002, 0.003, 0.004, 0.005];
  expect(objectOf(kilo.bytes).fields).toEqual({
    inst_Frate_data: { shape: [2, 3], values: perMs },
    rate_unit: "kHz",
    ...rest,
  });
  expect(kilo.findings.digests).toEqual([]);
  expect(kilo.findings.losses).toContainEqual(
    expect.objectContaining({ kind: LossKind.LOSS_KIND_SCALED, field: "arrays.spikes/sliding_rate" }),
  );
});

test("a dataset without spikes becomes what its one measure is; numbers become float64, which is told", async () => {
  const whole = rates("rate", [], 2, { dataType: "int16", shape: [2, 2], data: Int16Array.of(1, -2, 3, 4) });
  const image = { name: "image", dataType: "uint8" as const, shape: [2, 2, 2], data: new Uint8Array(8) };
  const { bytes, findings } = await exportToMemory(memoryStream([image, whole]), { profile });
  const { inst_Frate_data, neuron_attributes } = objectOf(bytes).fields;
  expect(inst_Frate_data).toEqual({ shape: [2, 2], values: [1, -2, 3, 4] });
  expect(neuron_attributes).toBeNull();
  expect(findings.losses?.map(({ kind, field }) => [kind, field])).toEqual([
    [LossKind.LOSS_KIND_DROPPED, "arrays.image"],
    [LossKind.LOSS_KIND_CAST, "arrays.rate"],
  ]);
});

test("what no object of SpikeLab's is, is refused by name before the first byte", async () => {
  const bare = spikeStream([[1]], { spikes });
  expect(await problemsOf(bare, { object: "RateData" })).toMatchObject([
    { reason: "OBJECT_UNFIT", field: "options.object", allowed: [expect.stringContaining("spikes.resampled_isi")] },
  ]);
  expect(await problemsOf(bare, { object: "PairwiseCompMatrix" })).toMatchObject([
    { reason: "OBJECT_UNFIT", allowed: [expect.stringContaining("spikes.sttc")] },
  ]);
  expect(await problemsOf(bare, { array: "spikes/sttc" })).toMatchObject([{ reason: "ARRAY_MISSING" }]);
  expect(await problemsOf(bare, { array: "spikes/times" })).toMatchObject([
    { reason: "OBJECT_UNFIT", field: "options.array" },
  ]);
  const two = spikeStream([[1]], { arrays: [matrix("a", [1]), matrix("b", [1]), rates("r", [1], 1)] });
  expect(await problemsOf(two, { object: "PairwiseCompMatrix" })).toEqual([
    { reason: "OBJECT_AMBIGUOUS", field: "options.array", allowed: ["a", "b"] },
  ]);
  expect(await problemsOf(two, { object: "RateData", array: "a" })).toMatchObject([{ reason: "OBJECT_UNFIT" }]);
  expect(await problemsOf(two, { object: "RateSliceStack" })).toMatchObject([{ reason: "OPTION_INVALID" }]);
  for (const options of [{ object: "SpikeData", array: "a" }, { rateUnit: "Hz" }, { array: "a", rawTraces: false }]) {
    expect(await problemsOf(two, options)).toMatchObject([{ reason: "OPTION_NOT_APPLICABLE" }]);
  }
  const generic = { profile: "generic", object: "RateData", array: "a", rateUnit: "Hz" };
  expect((await problemsOf(two, generic))?.map(({ field }) => field)).toEqual([
    "options.object",
    "options.array",
    "options.rateUnit",
  ]);
});

test.each([
  ["without a rate's unit", { spec: { unit: "volt" } }],
  ["with times that it does not know", { axes: [unit, { name: "time", type: AxisType.AXIS_TYPE_TIME, scale: 1 }] }],
  ["of complex numbers", { dataType: "complex64" as const, data: new Float32Array(4) }],
])("an array %s is no RateData", async (_what, parts) => {
  const stream = spikeStream([[]], { arrays: [rates("r", [1, 2], 2, parts)] });
  expect(await problemsOf(stream, { object: "RateData" })).toMatchObject([{ reason: "OBJECT_UNFIT" }]);
});

test("pairs of different units are no PairwiseCompMatrix", async () => {
  const axes = [
    { ...unit, labels: ["a"] },
    { ...unit, name: "other_unit", labels: ["b"] },
  ];
  const stream = spikeStream([[]], { arrays: [{ ...matrix("agreement", [1]), axes }] });
  expect(await problemsOf(stream, { object: "PairwiseCompMatrix" })).toMatchObject([{ reason: "OBJECT_UNFIT" }]);
});

test("units without a row in their table stop the export", async () => {
  const stream = spikeStream([[], []], { arrays: [rates("r", [1, 2, 3], 1)], spikes, tables: [table] });
  await expect(exportToMemory(stream, { profile, array: "r" })).rejects.toMatchObject({
    problem: { reason: "LENGTH_MISMATCH" },
  });
});
