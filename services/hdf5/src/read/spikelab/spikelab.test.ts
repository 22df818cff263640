import { expect, test } from "@jest/globals";
import type { RawOptions } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { type GroupWriter, Hdf5Writer } from "@sluice/hdf5";
import { Origin } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { hdf5Loader } from "../../loader.ts";
import { unitsOf, withFile } from "../../testing/index.ts";

/** Loads a file that `fill` makes, as any software could have. */
async function loaded(fill: (root: GroupWriter) => Promise<unknown>, options: RawOptions = {}) {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("file.h5", "application/x-hdf5"));
  await fill(file.root);
  await file.close();
  return withFile(sink.files.get("file.h5") as Uint8Array, async (path) => {
    const stream = await hdf5Loader.load(path, { profile: "spikelab", ...options });
    const [spikes] = stream.header.dataset.spikeTrains;
    const notes = stream.header.dataset.origins.map(({ detail }) => detail).join("\n");
    return { units: await unitsOf(stream), spikes: spikes!, notes, header: stream.header };
  });
}

const float = (...values: number[]) => Float64Array.from(values);
const integer = (...values: number[]) => BigInt64Array.from(values, BigInt);

/** As SpikeLab's exporter marks its files. */
function mark(root: GroupWriter, startMs: number, lengthMs: number) {
  root.attributes.set("start_time", startMs, "float64");
  root.attributes.set("length_ms", lengthMs, "float64");
}

async function ragged(root: GroupWriter, times: ArrayBufferView, index: ArrayBufferView) {
  await root.writeDataset("spike_times", times);
  await root.writeDataset("spike_times_index", index);
}

async function paired(root: GroupWriter, units: ArrayBufferView, times: ArrayBufferView) {
  await root.writeDataset("idces", units);
  await root.writeDataset("times", times);
}

async function raster(root: GroupWriter, counts: ArrayBufferView, shape: number[]) {
  await root.writeDataset("raster", counts, { shape });
}

test.each([
  ["ends", float(0.1, 0.2, 0.5), integer(2, 3), [[0.1, 0.2], [0.5]]],
  [
    "a leading zero",
    float(1, 2, 3, 4, 5),
    integer(0, 2, 5),
    [
      [1, 2],
      [3, 4, 5],
    ],
  ],
  [
    "ends alone",
    float(1, 2, 3, 4, 5),
    integer(2, 5),
    [
      [1, 2],
      [3, 4, 5],
    ],
  ],
  ["one empty unit", float(), integer(0), [[]]],
  ["no unit", float(), integer(), []],
  ["three empty units", float(), integer(0, 0, 0), [[], [], []]],
  ["times out of order", float(3, 1, 2), integer(3), [[3, 1, 2]]],
])("ragged: %s", async (_, times, index, units) => {
  expect((await loaded((root) => ragged(root, times, index))).units).toEqual(units);
});

test.each([
  ["falls", float(1, 2, 3, 4, 5), integer(3, 2, 5), "monotonically"],
  ["exceeds", float(1, 2, 3), integer(10), "exceeds flat array length|exceeds the flat array length"],
  ["is negative", float(1, 2), integer(-2, 0, 5), "non-negative"],
  ["is no integer", float(1, 2, 3, 4, 5), float(2, 5), "integer array"],
])("ragged: an index that %s is refused", async (_, times, index, text) => {
  const { reason, message } = await problemOf(() => loaded((root) => ragged(root, times, index)));
  expect(reason).toBe("SPIKELAB_INDEX_INVALID");
  expect(message).toMatch(new RegExp(text));
});

test("ragged: a first unit without spikes is kept in files of SpikeLab's exporter, which writes ends alone", async () => {
  const fill = (seed: boolean) => async (root: GroupWriter) => {
    await ragged(root, float(0.005, 0.01, 0.007), integer(0, 2, 3));
    if (seed) mark(root, 0, 20);
  };
  const found = await loaded(fill(true));
  expect(found.units).toEqual([[], [0.005, 0.01], [0.007]]);
  expect(found.notes).toContain("3 units: the index has the end of each unit");
  expect((await loaded(fill(false))).units).toEqual([[0.005, 0.01], [0.007]]);
  expect((await loaded(fill(false), { unitCount: 3 })).units).toEqual([[], [0.005, 0.01], [0.007]]);
  expect((await loaded(fill(true), { unitCount: 2 })).units).toEqual([[0.005, 0.01], [0.007]]);
  expect((await loaded(fill(true), { unitCount: 0 })).units).toEqual([]);
  expect((await problemOf(() => loaded(fill(true), { unitCount: 7 }))).reason).toBe("SPIKELAB_INDEX_INVALID");
});

test("units of time: samples where integers stand, ms in paired files of the exporter, else s", async () => {
  const samples = await loaded((root) => ragged(root, integer(100, 200), integer(2)), { samplingRateHz: 1000 });
  expect(samples.units).toEqual([[0.1, 0.2]]);
  expect(samples.spikes.samplingRateHz).toBe(1000);
  const marked = await loaded(async (root) => {
    await paired(root, integer(0, 0, 1), float(5, 10, 2.5));
    mark(root, 0, 25);
  });
  expect(marked.units).toEqual([[0.005, 0.01], [0.0025]]);
  const plain = await loaded((root) => paired(root, integer(0, 1), float(5, 10)));
  expect(plain.units).toEqual([[5], [10]]);
  const told = await loaded((root) => paired(root, integer(0, 1), float(5, 10)), { timeUnit: "ms" });
  expect(told.units).toEqual([[0.005], [0.01]]);
  const rateless = await problemOf(() => loaded((root) => ragged(root, integer(100), integer(1))));
  expect(rateless).toMatchObject({ reason: "SAMPLING_RATE_MISSING", field: "options.samplingRateHz" });
});

test("start and length: of the file, of the option, or up to the last spike", async () => {
  const fill = async (root: GroupWriter) => {
    await ragged(root, float(-0.1, 0.05), integer(2));
    mark(root, -100, 200);
  };
  expect((await loaded(fill)).spikes).toMatchObject({ startTimeSeconds: -0.1, durationSeconds: 0.2 });
  expect((await loaded(fill, { lengthMs: 5000 })).spikes.durationSeconds).toBe(5);
  const open = await loaded((root) => ragged(root, float(0.1, 0.5), integer(1, 2)));
  expect(open.spikes).toMatchObject({ startTimeSeconds: 0, durationSeconds: 0.5 });
  const outside = await problemOf(() => loaded(fill, { lengthMs: 100 }));
  expect(outside.reason).toBe("SPIKE_OUTSIDE_RECORDING");
  const nan = await problemOf(() => loaded((root) => ragged(root, float(Number.NaN), integer(1)), { lengthMs: 10 }));
  expect(nan.reason).toBe("SPIKE_TIME_INVALID");
});

test("a recording that ends one place before its last spike is read: SpikeLab's exporter writes such", async () => {
  const ms = 1001.1;
  const found = await loaded(async (root) => {
    await ragged(root, float((ms / 1e3) * (1 + Number.EPSILON)), integer(1));
    mark(root, 0, ms);
  });
  expect(found.units[0]).toHaveLength(1);
});

test.each([
  ["numbers", ["1", "10", "2"], ["1", "2", "10"]],
  ["numbered names", ["unit_1", "unit_10", "unit_11", "unit_2"], ["unit_1", "unit_2", "unit_10", "unit_11"]],
  ["names", ["gamma", "alpha", "beta"], ["alpha", "beta", "gamma"]],
  ["mixed names", ["unit_5", "5_unit"], ["5_unit", "unit_5"]],
])("group: units are in the natural order of %s", async (_, names, order) => {
  const fill = async (root: GroupWriter) => {
    for (const name of names) await root.writeDataset(`units/${name}`, float(order.indexOf(name)));
  };
  expect((await loaded(fill)).units).toEqual(order.map((_name, index) => [index]));
});

test("group: empty units, and no unit", async () => {
  const empty = async (root: GroupWriter) => {
    await root.writeDataset("units/0", float());
    await root.writeDataset("units/1", float());
  };
  expect((await loaded(empty)).units).toEqual([[], []]);
  expect((await loaded(async (root) => root.createGroup("units"))).units).toEqual([]);
});

test("paired: units without a spike are made up, and named; spikes may stand in any order", async () => {
  const gaps = await loaded((root) => paired(root, integer(0, 0, 3, 3), float(2, 1, 4, 3)));
  expect(gaps.units).toEqual([[2, 1], [], [], [4, 3]]);
  const many = await loaded((root) => paired(root, integer(0, 1, 47), float(1, 2, 3)));
  expect(many.units).toHaveLength(48);
  expect(many.notes).toContain("45 of them have no spike (2, 3, 4, 5, 6, ...)");
  const chronological = await loaded((root) => paired(root, integer(1, 0, 1, 0), float(1, 2, 3, 4)));
  expect(chronological.units).toEqual([
    [2, 4],
    [1, 3],
  ]);
  expect((await loaded((root) => paired(root, integer(), float()))).units).toEqual([]);
  expect((await loaded((root) => paired(root, integer(0), float(1)), { unitCount: 3 })).units).toEqual([[1], [], []]);
});

test.each([
  ["of unequal length", integer(0, 1), float(1), "SPIKELAB_LENGTHS_DIFFER", "equal length"],
  ["of a negative unit", integer(0, -1), float(1, 2), "SPIKELAB_UNIT_INVALID", "negative"],
  ["of half a unit", float(0, 1.5), float(1, 2), "SPIKELAB_UNIT_INVALID", "integers"],
])("paired: lists %s are refused", async (_, units, times, reason, text) => {
  const problem = await problemOf(() => loaded((root) => paired(root, units, times)));
  expect(problem).toMatchObject({ reason, message: expect.stringContaining(text) });
});

test("raster: spikes stand evenly inside their bins, one alone in the middle", async () => {
  const found = await loaded((root) => raster(root, integer(0, 2, 0, 1, 1, 0, 0, 0), [2, 4]), { rasterBinMs: 9 });
  expect(found.units.map((unit) => unit.map((time) => Math.round(time * 1e7) / 1e4))).toEqual([[12, 15, 31.5], [4.5]]);
  expect(found.spikes.durationSeconds).toBe(0.036);
  const started = await loaded(
    async (root) => {
      await raster(root, float(0, 1.9), [1, 2]);
      root.attributes.set("start_time", -100, "float64");
    },
    { rasterBinMs: 20 },
  );
  expect(started.spikes.startTimeSeconds).toBe(-0.1);
  expect(started.units).toEqual([[-0.07]]);
});

test("raster: zeros, no units, NaN, and a length that has no effect", async () => {
  expect((await loaded((root) => raster(root, integer(0, 0, 0), [3, 1]), { rasterBinMs: 1 })).units).toEqual([
    [],
    [],
    [],
  ]);
  const none = await loaded((root) => raster(root, integer(), [0, 5]), { rasterBinMs: 2 });
  expect(none.units).toEqual([]);
  expect(none.spikes.durationSeconds).toBe(0.01);
  expect((await loaded((root) => raster(root, float(Number.NaN, 1), [1, 2]), { rasterBinMs: 2 })).units).toEqual([
    [0.003],
  ]);
  const long = await loaded((root) => raster(root, integer(0, 0, 0, 0), [1, 4]), { rasterBinMs: 1, lengthMs: 999 });
  expect(long.spikes.durationSeconds).toBe(0.004);
  expect(long.notes).toContain("lengthMs 999 has no effect");
});

test.each([
  ["of one axis", integer(1), [1], { rasterBinMs: 1 }, "SPIKELAB_SHAPE_INVALID"],
  ["of three axes", integer(1), [1, 1, 1], { rasterBinMs: 1 }, "SPIKELAB_SHAPE_INVALID"],
  ["of negative counts", integer(-1), [1, 1], { rasterBinMs: 1 }, "RASTER_COUNT_INVALID"],
  ["of unknown bins", integer(1), [1, 1], {}, "RASTER_BIN_MISSING"],
  ["of bins without width", integer(1), [1, 1], { rasterBinMs: 0 }, "OPTION_INVALID"],
])("raster: one %s is refused", async (_, counts, shape, options, reason) => {
  expect((await problemOf(() => loaded((root) => raster(root, counts, shape), options))).reason).toBe(reason);
});

test("exactly one style: as the file is, or as the options choose", async () => {
  const two = async (root: GroupWriter) => {
    await ragged(root, float(1), integer(1));
    await paired(root, integer(0, 0), float(2, 3));
  };
  const ambiguous = await problemOf(() => loaded(two));
  expect(ambiguous).toMatchObject({ reason: "SPIKELAB_STYLE_AMBIGUOUS", got: "ragged and paired" });
  expect(ambiguous.message).toContain("exactly one");
  expect((await loaded(two, { style: "PAIRED" })).units).toEqual([[2, 3]]);
  expect((await loaded(two, { idcesDataset: "/idces", timesDataset: "times" })).units).toEqual([[2, 3]]);
  const named = { idcesDataset: "idces", spikeTimesDataset: "spike_times" };
  expect((await problemOf(() => loaded(two, named))).reason).toBe("SPIKELAB_STYLE_AMBIGUOUS");
  const none = await problemOf(() => loaded(async (root) => root.createGroup("other")));
  expect(none).toMatchObject({ reason: "SPIKELAB_STYLE_AMBIGUOUS", got: "none of them" });
  const missing = await problemOf(() => loaded(two, { rasterDataset: "counts" }));
  expect(missing.reason).toBe("HDF5_OBJECT_MISSING");
});

test("files are recognised by SpikeLab's attributes, or by lists that leave no doubt; tables of NWB are not units", async () => {
  const auto = { profile: "auto" };
  expect((await loaded((root) => ragged(root, float(1), integer(1)), auto)).units).toEqual([[1]]);
  const raw = async (root: GroupWriter) => raster(root, integer(1), [1, 1]);
  const nwb = async (root: GroupWriter) => {
    mark(root, 0, 1);
    await root.writeDataset("units/spike_times", float(1));
    await root.writeDataset("units/id", integer(0));
  };
  for (const fill of [raw, nwb]) {
    const generic = await problemOf(() => loaded(fill, { ...auto, rasterBinMs: 1 }));
    expect(generic.reason).toBe("OPTION_NOT_APPLICABLE");
  }
});

test("raw traces: their unit, their absence, and what does not fit", async () => {
  const fill = (times: ArrayBufferView, shape: number[], seed: boolean) => async (root: GroupWriter) => {
    await ragged(root, float(0.001), integer(1));
    await root.writeDataset("raw", new Float64Array(shape.reduce((a, b) => a * b, 1)), { shape });
    if (times.byteLength > 0 || shape.includes(0)) await root.writeDataset("raw_time", times);
    if (seed) mark(root, 0, 4);
  };
  const stepOf = async (...parts: Parameters<typeof loaded>) => {
    const { header } = await loaded(...parts);
    return header.arrays[1]?.axes[0]?.scale;
  };
  expect(await stepOf(fill(float(0, 1, 2, 3), [2, 4], true))).toBeCloseTo(0.001, 12);
  expect(await stepOf(fill(float(0, 0.25), [2, 2], false))).toBe(0.25);
  expect(await stepOf(fill(integer(0, 1), [1, 2], false), { samplingRateHz: 500 })).toBe(0.002);
  const rateless = await problemOf(() => loaded(fill(integer(0, 1), [1, 2], false)));
  expect(rateless.reason).toBe("SAMPLING_RATE_MISSING");
  const uneven = await problemOf(() => loaded(fill(new Float64Array(50), [3, 100], false)));
  expect(uneven).toMatchObject({ reason: "SPIKELAB_LENGTHS_DIFFER", got: "[3, 100] and [50]" });
  const timeless = await loaded(fill(float(), [2, 2], false));
  expect(timeless.header.arrays).toHaveLength(1);
  expect(timeless.notes).toContain("raw has no times");
  expect((await loaded(fill(float(), [2, 0], false))).header.arrays).toHaveLength(1);
  const missing = await problemOf(() => loaded(fill(float(), [2, 2], false), { rawTimeDataset: "clock" }));
  expect(missing.reason).toBe("HDF5_OBJECT_MISSING");
});

test("attributes that were damaged are named", async () => {
  const fill =
    (name: string, text = "{") =>
    async (root: GroupWriter) => {
      await ragged(root, float(0.001), integer(1));
      root.attributes.set(name, text, "text");
    };
  for (const name of ["metadata", "sluice_spec", "sluice_dataset"]) {
    expect(await problemOf(() => loaded(fill(name)))).toMatchObject({ reason: "SPIKELAB_JSON_INVALID", got: "{" });
  }
  const unknown = '{"axes":[{"type":"AXIS"}]}';
  expect(await problemOf(() => loaded(fill("sluice_spec", unknown)))).toMatchObject({ got: unknown });
  const counted = await problemOf(() =>
    loaded(async (root) => {
      const units = await root.writeDataset("idces", integer(0));
      units.attributes.set("unit_count", 1e15, "float64");
      await root.writeDataset("times", float(0.001));
    }),
  );
  expect(counted.reason).toBe("SPIKELAB_UNIT_INVALID");
});

test.each([
  ["seconds", ragged, float(0.1, 0.2), "/spike_times in s: the file does not say, timeUnit does"],
  ["milliseconds of paired files", paired, float(0.1, 0.2), "/times in ms: the file does not say, timeUnit does"],
  [
    "samples",
    ragged,
    integer(1, 2),
    "/spike_times in samples, for they are integers: the file does not say, timeUnit does",
  ],
])("a unit that nobody says is named: %s", async (_what, write, times, detail) => {
  const fill = async (root: GroupWriter) => {
    mark(root, 0, 10_000);
    await (write === ragged ? ragged(root, times, integer(2)) : paired(root, integer(0, 0), times));
    await root.writeDataset("raw", float(1, 2, 3, 4), { shape: [1, 4] });
    await root.writeDataset("raw_time", float(0, 1, 2, 3));
  };
  const { header } = await loaded(fill, { samplingRateHz: 1000 });
  const assumed = header.dataset.origins.filter((item) => item.origin === Origin.ORIGIN_DEFAULTED);
  expect(assumed.map((item) => [item.field, item.detail])).toEqual([
    ["arrays.spikes/times.unit", detail],
    ["arrays.spikes/raw.axes[0].unit", "/raw_time in ms: the file does not say, rawTimeUnit does"],
  ]);
  const told = await loaded(fill, { samplingRateHz: 1000, timeUnit: "s", rawTimeUnit: "s" });
  expect(told.header.dataset.origins.filter((item) => item.origin === Origin.ORIGIN_DEFAULTED)).toEqual([]);
});
