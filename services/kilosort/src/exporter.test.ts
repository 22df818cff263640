import { expect, test } from "@jest/globals";
import { asBytes, type RawOptions } from "@sluice/core";
import { type MemoryArray, problemOf, testContext } from "@sluice/core/testing";
import { ArraySpec, Axis, LossKind, Origin } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { kilosort } from "./index.ts";
import { exported, parsed } from "./testing/index.ts";

const rate = { samplingRateHz: 1000, durationSeconds: 0.025 };
/** SpikeLab's example: its second unit begins before its first, its third is silent. */
const units = [[0.005, 0.01, 0.015], [0.0025, 0.02], []];

async function problems(stream: ReturnType<typeof spikeStream>, options: RawOptions = {}): Promise<string[]> {
  return ((await kilosort.check(stream.header, options)).problems ?? []).map(({ reason }) => reason);
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

test("spikes stand in order of time, as samples", async () => {
  const { files } = await exported(spikeStream(units, { spikes: { ...rate, samplingRateHz: 2000 } }));
  expect(parsed(files["spike_times.npy"])).toEqual({ descr: "<i8", shape: [5], values: [5, 10, 20, 30, 40] });
  expect(parsed(files["spike_clusters.npy"])).toEqual({ descr: "<i4", shape: [5], values: [1, 0, 0, 0, 1] });
  expect(parsed(files["spike_templates.npy"])).toEqual({ descr: "<i4", shape: [5], values: [1, 0, 0, 0, 1] });
  expect(text(files["cluster_info.tsv"])).toBe("cluster_id\tn_spikes\n0\t3\n1\t2\n2\t0\n");
  expect(text(files["params.py"])).toContain("sample_rate = 2000.0\n");
  expect(Object.keys(files).includes("amplitudes.npy")).toBe(false);
});

test("halves of samples go to the even one, and the receipt says by how much times moved", async () => {
  const { files, findings } = await exported(spikeStream([[0.0005, 0.0015, 0.0025]], { spikes: rate }));
  expect(parsed(files["spike_times.npy"]).values).toEqual([0, 2, 2]);
  expect(findings.losses).toMatchObject([{ kind: LossKind.LOSS_KIND_CAST, count: 3 }]);
  expect(findings.losses?.[0]?.maxError).toBeCloseTo(0.0005, 12);
});

test("other units of time, which Phy does not read", async () => {
  const stream = () => spikeStream(units, { spikes: rate });
  const milliseconds = await exported(stream(), { timeUnit: "ms" });
  expect(parsed(milliseconds.files["spike_times.npy"])).toMatchObject({ descr: "<f8", values: [2.5, 5, 10, 15, 20] });
  expect(milliseconds.findings.warnings?.map(({ reason }) => reason)).toContain("PHY_READS_SAMPLES");
  const seconds = await exported(stream(), { timeUnit: "s", profile: "spikelab" });
  expect(parsed(seconds.files["spike_times.npy"]).values).toEqual([0.0025, 0.005, 0.01, 0.015, 0.02]);
});

test("the profile spikelab: three files, unsorted no more", async () => {
  const tables = [smallTable("cells", 1, { electrode: [4, 7, 2] })];
  const stream = spikeStream(units, { spikes: { ...rate, unitsTable: "cells" }, tables });
  const { files, findings } = await exported(stream, { profile: "spikelab", clusterIds: [10, 5, 7] });
  expect(Object.keys(files).toSorted()).toEqual(["channel_map.npy", "spike_clusters.npy", "spike_times.npy"]);
  expect(parsed(files["spike_times.npy"]).values).toEqual([2, 5, 10, 15, 20]);
  expect(parsed(files["spike_clusters.npy"])).toMatchObject({ descr: "<i8", values: [5, 10, 10, 10, 5] });
  expect(parsed(files["channel_map.npy"]).values).toEqual([4, 7, 2]);
  expect(findings.warnings?.map(({ reason }) => reason)).toEqual(["SPIKELAB_UNITS_NOT_SEEN"]);
  const without = await exported(spikeStream(units, { spikes: rate }), { profile: "spikelab" });
  expect(Object.keys(without.files)).toEqual(["spike_times.npy", "spike_clusters.npy"]);
});

test.each([
  [
    [7, 7],
    [7, 7, 7, 7],
  ],
  [
    [0, 999],
    [0, 0, 999, 999],
  ],
])("spikelab: cluster ids %j", async (clusterIds, expected) => {
  const stream = spikeStream(
    [
      [0.001, 0.002],
      [0.003, 0.004],
    ],
    { spikes: rate },
  );
  const { files } = await exported(stream, { profile: "spikelab", clusterIds });
  expect(parsed(files["spike_clusters.npy"]).values).toEqual(expected);
});

test("cluster ids of the table of units, and of another column", async () => {
  const tables = [smallTable("cells", 1, { unit_id: [12, 3, 40], other: [1, 2, 9] })];
  const stream = () => spikeStream(units, { spikes: { ...rate, unitsTable: "cells" }, tables });
  expect(parsed((await exported(stream())).files["spike_clusters.npy"]).values).toEqual([3, 12, 12, 12, 3]);
  const other = await exported(stream(), { clusterIdColumn: "other" });
  expect(text(other.files["cluster_info.tsv"])).toBe(
    "cluster_id\tn_spikes\tunit_id\tother\n1\t3\t12\t1\n2\t2\t3\t2\n9\t0\t40\t9\n",
  );
  expect(await problems(stream(), { clusterIdColumn: "none" })).toEqual(["COLUMN_MISSING"]);
});

test("ids that cannot be cluster ids give way to numbers, with a warning", async () => {
  const tables = [smallTable("cells", 1, { id: ["a", "b", "c"] })];
  const stream = () => spikeStream(units, { spikes: { ...rate, unitsTable: "cells" }, tables });
  const { files, findings } = await exported(stream());
  expect(parsed(files["spike_clusters.npy"]).values).toEqual([1, 0, 0, 0, 1]);
  expect(findings.warnings?.map(({ reason }) => reason)).toContain("CLUSTER_IDS_NUMBERED");
  const named = await problemOf(() => exported(stream(), { clusterIdColumn: "id" }));
  expect(named.reason).toBe("CLUSTER_ID_INVALID");
  const twice = await problemOf(() => exported(stream(), { clusterIds: [1, 1, 2] }));
  expect(twice).toMatchObject({ reason: "CLUSTER_ID_DUPLICATE", got: "1 twice" });
});

test("attributes of units and electrodes", async () => {
  const tables = [
    smallTable("cells", 1, { group: ["good", null, "noise"], note: ['a\t"b"', "", null], channel: [11, 10, 10] }),
    smallTable("probe", 2, { x: [0, 32], y: [20, 40], channel: [10, 11], shank: [0, 1], z: [1, 2] }),
  ];
  const stream = spikeStream(units, { spikes: { ...rate, unitsTable: "cells", electrodesTable: "probe" }, tables });
  const { files, findings } = await exported(stream);
  expect(text(files["cluster_group.tsv"])).toBe("cluster_id\tgroup\n0\tgood\n2\tnoise\n");
  expect(text(files["cluster_info.tsv"])).toBe(
    'cluster_id\tch\tn_spikes\tgroup\tnote\tchannel\n0\t11\t3\tgood\t"a\t""b"""\t11\n1\t10\t2\t\t\t10\n2\t10\t0\tnoise\t\t10\n',
  );
  expect(parsed(files["channel_map.npy"])).toMatchObject({ descr: "<i4", values: [10, 11] });
  expect(parsed(files["channel_positions.npy"])).toMatchObject({ shape: [2, 2], values: [0, 20, 32, 40] });
  expect(parsed(files["channel_shanks.npy"]).values).toEqual([0, 1]);
  expect(findings.losses?.map(({ field }) => field)).toEqual(["arrays.spikes/times", "tables.probe.z"]);
  // Placeholders: a deflection on the channel of each unit.
  expect(parsed(files["templates.npy"])).toMatchObject({ descr: "<f4", shape: [3, 2, 2] });
  expect(parsed(files["templates.npy"]).values.map((value) => value + 0)).toEqual([
    0, 0, 0, -1, 0, 0, -1, 0, 0, 0, -1, 0,
  ]);
  expect(parsed(files["whitening_mat_inv.npy"])).toMatchObject({ shape: [2, 2], values: [1, 0, 0, 1] });
  expect(findings.warnings?.map(({ reason, field }) => [reason, field])).toEqual([
    ["PLACEHOLDER_WRITTEN", "whitening_mat.npy"],
    ["PLACEHOLDER_WRITTEN", "templates.npy"],
  ]);
  expect(findings.origins).toContainEqual(
    expect.objectContaining({ field: "templates.npy", origin: Origin.ORIGIN_DEFAULTED }),
  );
});

test("each attribute has a table of its own: Phy replaces cluster_info.tsv without reading it", async () => {
  const tables = [
    smallTable("cells", 1, {
      group: ["good", null, null],
      KSLabel: ["mua", "good", ""],
      snr: [1.5, null, 3],
      none: [null, null, null],
      // What Phy computes, what it takes for the table of all, what is one file on some systems, and what is none.
      amp: [1, 2, 3],
      Info: [1, 2, 3],
      SNR: [4, 5, 6],
      "a/b": [1, 2, 3],
      "a:b": [1, 2, 3],
    }),
  ];
  const stream = spikeStream(units, { spikes: { ...rate, unitsTable: "cells" }, tables });
  const { files } = await exported(stream, { clusterIds: [5, 6, 9] });
  expect(Object.keys(files).filter((file) => file.endsWith(".tsv"))).toEqual([
    "cluster_group.tsv",
    "cluster_info.tsv",
    "cluster_KSLabel.tsv",
    "cluster_snr.tsv",
  ]);
  expect(text(files["cluster_KSLabel.tsv"])).toBe("cluster_id\tKSLabel\n5\tmua\n6\tgood\n");
  expect(text(files["cluster_snr.tsv"])).toBe("cluster_id\tsnr\n5\t1.5\n9\t3\n");
  const header = "cluster_id\tn_spikes\tgroup\tKSLabel\tsnr\tnone\tamp\tInfo\tSNR\ta/b\ta:b\n";
  expect(text(files["cluster_info.tsv"])).toContain(header);
});

test("units that name electrodes by their ids are on the channels of these, wherever they stand in the table", async () => {
  const cells = smallTable("cells", 1, { electrode: [4, 7, 2] });
  const probe = (ids: readonly number[], others = {}) =>
    smallTable("probe", 2, { id: [...ids], x: [0, 0, 0], y: [10, 20, 30], ...others });
  const spikes = { ...rate, unitsTable: "cells", electrodesTable: "probe" };
  const named = await exported(spikeStream(units, { spikes, tables: [cells, probe([2, 4, 7])] }));
  expect(text(named.files["cluster_info.tsv"])).toBe("cluster_id\tch\tn_spikes\n0\t1\t3\n1\t2\t2\n2\t0\t0\n");
  // A deflection in the second sample, on channels 1, 2 and 0.
  const peaks = parsed(named.files["templates.npy"]).values.flatMap((value, at) => (value === -1 ? [at % 6] : []));
  expect(peaks).toEqual([4, 5, 3]);
  const mapped = await exported(
    spikeStream(units, { spikes, tables: [cells, probe([2, 4, 7], { channel: [9, 8, 6] })] }),
  );
  expect(text(mapped.files["cluster_info.tsv"])).toContain("\n0\t8\t3\n1\t6\t2\n2\t9\t0\n");
  const unknown = await exported(spikeStream(units, { spikes, tables: [cells, probe([0, 1, 2])] }));
  expect(text(unknown.files["cluster_info.tsv"])).toContain("cluster_id\tn_spikes\telectrode\n0\t3\t4\n");
  expect(parsed(unknown.files["templates.npy"]).values).not.toContain(-1);
});

const raw: MemoryArray = {
  name: "spikes/raw",
  dataType: "int16",
  shape: [6, 2],
  data: Int16Array.from({ length: 12 }, (_, index) => index - 6),
  axes: [{ name: "sample", unit: "second", scale: 0.001, origin: -0.002 }, "channel"],
  spec: { unit: "uV", valueScale: 0.5 },
};

test("raw traces stand sample by sample, and times count from their first", async () => {
  const spikes = { samplingRateHz: 1000, startTimeSeconds: -0.002, durationSeconds: 0.006, rawArray: "spikes/raw" };
  const stream = () => spikeStream([[-0.001, 0.003]], { spikes, arrays: [raw] });
  const { files, findings } = await exported(stream());
  expect([...new Int16Array((files["recording.dat"] as Uint8Array).slice().buffer)]).toEqual([
    ...(raw.data as Int16Array),
  ]);
  expect(parsed(files["spike_times.npy"]).values).toEqual([1, 5]);
  expect(text(files["params.py"])).toBe(
    "# Written by Sluice 0.1.0\ndat_path = 'recording.dat'\nn_channels_dat = 2\ndtype = 'int16'\noffset = 0\n" +
      "sample_rate = 1000.0\nhp_filtered = False\nstart_time_seconds = -0.002\nduration_seconds = 0.006\n" +
      "placeholders = 'channel_positions.npy whitening_mat.npy templates.npy'\n",
  );
  expect(findings.losses?.map(({ field }) => field)).toEqual(["arrays.spikes/raw.unit"]);
  // One unit: phylib needs two templates of more than one sample.
  expect(parsed(files["templates.npy"]).shape).toEqual([2, 2, 2]);
  const none = await exported(stream(), { rawTraces: false });
  expect(Object.keys(none.files)).not.toContain("recording.dat");
  expect(none.findings.losses?.map(({ field }) => field)).toEqual(["arrays.spikes/raw"]);
  expect(await problems(stream(), { samplingRateHz: 30_000 })).toEqual(["SAMPLING_RATE_CONFLICT"]);
});

test("templates and amplitudes of the dataset", async () => {
  const templates: MemoryArray = {
    name: "spikes/templates",
    dataType: "int32",
    shape: [3, 2, 1],
    data: Int32Array.of(1, 2, 3, 4, 5, 6),
    axes: ["unit", "sample", "channel"],
    spec: { unit: "uV" },
  };
  const stream = withAmplitudes(
    spikeStream([[0.01, 0.005], [0.007], []], {
      spikes: { ...rate, templatesArray: "spikes/templates", amplitudesArray: "spikes/amplitudes" },
      arrays: [templates],
    }),
    [[1.5, 2.5], [3.5], []],
  );
  const { files, findings } = await exported(stream);
  expect(parsed(files["templates.npy"])).toEqual({ descr: "<f8", shape: [3, 2, 1], values: [1, 2, 3, 4, 5, 6] });
  // Sorted with their spikes.
  expect(parsed(files["spike_times.npy"]).values).toEqual([5, 7, 10]);
  expect(parsed(files["amplitudes.npy"])).toEqual({ descr: "<f8", shape: [3], values: [2.5, 3.5, 1.5] });
  expect(findings.warnings?.map(({ reason }) => reason)).toContain("SPIKES_UNSORTED");
  expect(findings.digests).toEqual([]);
  expect(findings.losses?.map(({ field }) => field)).toContain("arrays.spikes/templates.unit");
  const short = withAmplitudes(
    spikeStream([[0.01], [0.02]], { spikes: { ...rate, amplitudesArray: "spikes/amplitudes" } }),
    [[1], []],
  );
  expect((await problemOf(() => exported(short))).reason).toBe("AMPLITUDES_MISMATCH");
});

/** The stream with amplitudes ahead of its times. */
function withAmplitudes(stream: ReturnType<typeof spikeStream>, rows: readonly (readonly number[])[]) {
  const array = ArraySpec.fromPartial({
    arrayId: 77,
    name: "spikes/amplitudes",
    dataType: "float64",
    ragged: true,
    axes: [Axis.fromPartial({ name: "unit", size: rows.length })],
  });
  const data = asBytes(Float64Array.from(rows.flat()));
  const value = { arrayId: 77, firstRow: 0, rowLengths: rows.map(({ length }) => length), elementOffset: 0, data };
  return {
    header: { ...stream.header, arrays: [...stream.header.arrays, array] },
    frames: (async function* () {
      yield { sequence: 0, content: { $case: "ragged" as const, value } };
      yield* stream.frames;
    })(),
  };
}

test("a recording that starts at an event: Phy counts from its start, SpikeLab has times as they are", async () => {
  const stream = () =>
    spikeStream([[-0.05, 0.01]], { spikes: { ...rate, startTimeSeconds: -0.05, durationSeconds: 0.1 } });
  const phy = await exported(stream());
  expect(parsed(phy.files["spike_times.npy"]).values).toEqual([0, 60]);
  expect(text(phy.files["params.py"])).toContain("start_time_seconds = -0.05\n");
  const spikelab = await exported(stream(), { profile: "spikelab" });
  expect(parsed(spikelab.files["spike_times.npy"]).values).toEqual([-50, 10]);
  expect(spikelab.findings.warnings?.map(({ reason }) => reason)).toEqual(["SPIKELAB_START_TIME_LOST"]);
});

test("no units, and none with a spike", async () => {
  for (const silent of [[], [[], []]]) {
    const { files, findings } = await exported(spikeStream(silent, { spikes: rate }));
    expect(parsed(files["spike_times.npy"])).toEqual({ descr: "<i8", shape: [0], values: [] });
    expect(findings.warnings?.map(({ reason }) => reason)).toContain("PHY_NEEDS_SPIKES");
  }
});

test.each([0.001, 1e9])("a rate of %p Hz", async (samplingRateHz) => {
  const { files } = await exported(spikeStream(units, { spikes: { durationSeconds: 0.025, samplingRateHz } }));
  const { descr, values } = parsed(files["spike_times.npy"]);
  expect([descr, values.every(Number.isSafeInteger)]).toEqual(["<i8", true]);
});

const plain = spikeStream(units, { spikes: rate });

test.each([
  ["no rate", spikeStream(units), {}, "SAMPLING_RATE_MISSING"],
  ["no rate for ms", spikeStream(units), { timeUnit: "ms" }, "SAMPLING_RATE_MISSING"],
  ["a rate of 0", plain, { samplingRateHz: 0 }, "OPTION_INVALID"],
  ["a negative rate", plain, { samplingRateHz: -1 }, "OPTION_INVALID"],
  ["an unknown unit", plain, { timeUnit: "hz" }, "OPTION_INVALID"],
  ["too few ids", plain, { clusterIds: [1, 2] }, "CLUSTER_IDS_MISMATCH"],
  ["too many ids", plain, { clusterIds: [1, 2, 3, 4] }, "CLUSTER_IDS_MISMATCH"],
  ["a negative id", plain, { clusterIds: [1, 2, -3] }, "OPTION_INVALID"],
  ["an option of the other profile", plain, { profile: "spikelab", rawTraces: true }, "OPTION_NOT_APPLICABLE"],
  ["no spikes", spikeStream([], { dataset: { spikeTrains: [] } }), {}, "SPIKES_MISSING"],
])("%s is named before the first byte", async (_, stream, options, reason) => {
  expect(await problems(stream, options)).toContain(reason);
});

test.each([
  ["NaN", [[Number.NaN]], "SPIKE_TIME_INVALID"],
  ["a spike before the start", [[-0.001]], "SPIKE_OUTSIDE_RECORDING"],
  ["a spike behind the end", [[], [0.026]], "SPIKE_OUTSIDE_RECORDING"],
])("%s ends the export", async (_, bad, reason) => {
  expect((await problemOf(() => exported(spikeStream(bad, { spikes: rate })))).reason).toBe(reason);
});

test("what was measured of the units stands in cluster_info.tsv, and is no loss", async () => {
  const snr = {
    name: "spikes/snr",
    dataType: "float64",
    shape: [2],
    data: Float64Array.of(4.5, 9),
    axes: ["unit"],
  } as const;
  const stream = spikeStream([[0.01], [0.02]], { spikes: rate, arrays: [snr] });
  const { files, findings } = await exported(stream);
  expect(text(files["cluster_info.tsv"])).toBe("cluster_id\tn_spikes\tsnr\n0\t1\t4.5\n1\t1\t9\n");
  expect(findings.losses?.map(({ field }) => field)).not.toContain("arrays.spikes/snr");
  const inSpikelab = await exported(stream, { profile: "spikelab" });
  expect(inSpikelab.findings.losses?.map(({ field }) => field)).toContain("arrays.spikes/snr");
});

test("nothing is written before the spikes were seen", async () => {
  const begun: string[] = [];
  const sink = memorySink();
  const surroundings = testContext("session", {
    warn: (warnings) => begun.push(...warnings.map(({ reason }) => reason)),
  });
  const writes = {
    ...sink,
    create: (...parameters: Parameters<typeof sink.create>) => {
      begun.push("created");
      return sink.create(...parameters);
    },
  };
  const attempt = (trains: readonly (readonly number[])[]) =>
    kilosort.export(spikeStream(trains, { spikes: rate }), {}, writes, surroundings);
  expect((await problemOf(() => attempt([[0.01], [-0.001]]))).reason).toBe("SPIKE_OUTSIDE_RECORDING");
  expect(begun).toEqual([]);
  await attempt([[0.02, 0.01]]);
  expect(begun.slice(0, 2)).toEqual(["SPIKES_UNSORTED", "created"]);
});

test("KiloSort's labels are no groups of people, and decide on noise where people said nothing", async () => {
  const labels = { KSLabel: ["good", "noise", "noise"] };
  const stream = (columns: Readonly<Record<string, readonly (string | null)[]>>) =>
    spikeStream(units, {
      spikes: { ...rate, unitsTable: "cells" },
      tables: [
        smallTable("cells", 1, Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, [...cells]]))),
      ],
    });
  const alone = await exported(stream(labels));
  expect(text(alone.files["cluster_group.tsv"])).toBe("cluster_id\tgroup\n");
  expect(text(alone.files["cluster_info.tsv"])).toBe(
    "cluster_id\tn_spikes\tKSLabel\n0\t3\tgood\n1\t2\tnoise\n2\t0\tnoise\n",
  );
  const curated = await exported(stream({ group: [null, "mua", null], ...labels }));
  // The digests are of what our loader finds: without the last unit.
  const shapes = (found: typeof alone) => found.findings.digests?.map(({ shape }) => shape);
  expect([shapes(alone), shapes(curated)]).toEqual([[[1]], [[2]]]);
});
