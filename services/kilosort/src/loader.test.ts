import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { unitsOf } from "@sluice/spikes/testing";
import { kilosortLoader } from "./index.ts";
import { floats, integers, loaded, params, plain, shortIntegers, withFolder } from "./testing/index.ts";

test("spikes by cluster, in seconds", async () => {
  const { header, units, cells, spikes, notes } = await loaded(plain);
  expect(units).toEqual([[0.01, 0.02], [0.015]]);
  expect(cells("units", "cluster_id")).toEqual([0n, 1n]);
  expect(spikes).toMatchObject({ samplingRateHz: 1000, startTimeSeconds: 0, durationSeconds: 0.02 });
  expect(header.dataset.name).toBe("session");
  expect(notes).toContain("do not lie in the folder");
});

test("a folder, and the files in it that stand for it", async () => {
  await withFolder(plain, async (folder) => {
    const files = ["spike_times.npy", "spike_clusters.npy"];
    expect(kilosortLoader.recognisesFolder?.(files)).toBe(true);
    expect(kilosortLoader.recognisesFolder?.(["spike_times.npy"])).toBe(false);
    for (const file of ["params.py", "spike_times.npy"]) {
      expect(kilosortLoader.recognises(join(folder, file), new Uint8Array(0))).toBe(true);
      expect(await unitsOf(await kilosortLoader.load(join(folder, file), {}))).toEqual([[0.01, 0.02], [0.015]]);
    }
    expect(kilosortLoader.recognises(join(folder, "spike_clusters.npy"), new Uint8Array(0))).toBe(false);
    expect(kilosortLoader.recognises(join(folder, "elsewhere", "params.py"), new Uint8Array(0))).toBe(false);
  });
});

test("clusters ascend whatever their ids; spikes keep the order of the files", async () => {
  const { units, cells } = await loaded({
    ...plain,
    "spike_times.npy": integers(40, 10, 20, 30),
    "spike_clusters.npy": integers(5, 5, 3_000_000, 5),
  });
  expect(cells("units", "cluster_id")).toEqual([5n, 3_000_000n]);
  expect(units).toEqual([[0.04, 0.01, 0.03], [0.02]]);
});

test("a folder that no one has curated: templates are clusters", async () => {
  const { "spike_clusters.npy": list, ...rest } = plain;
  expect((await loaded({ ...rest, "spike_templates.npy": list as Uint8Array })).units).toEqual([[0.01, 0.02], [0.015]]);
});

test("units of time, and rates", async () => {
  const { "params.py": _, ...bare } = plain;
  expect((await loaded(bare, { samplingRateHz: 100 })).units).toEqual([[0.1, 0.2], [0.15]]);
  expect((await loaded(bare, { timeUnit: "ms" })).units).toEqual([[0.01, 0.02], [0.015]]);
  expect((await loaded(bare, { timeUnit: "s" })).units).toEqual([[10, 20], [15]]);
  expect((await loaded({ ...plain, "params.py": `${params}spike_time_unit = 'ms'\n` })).units[1]).toEqual([0.015]);
  expect((await problemOf(() => loaded(bare))).reason).toBe("SAMPLING_RATE_MISSING");
  expect((await problemOf(() => loaded(plain, { timeUnit: "hz" }))).reason).toBe("OPTION_INVALID");
  expect((await loaded(plain, { lengthMs: 5000 })).spikes?.durationSeconds).toBe(5);
});

const groups = "cluster_id\tgroup\n0\tgood\n1\tnoise\n";

test("noise is left out, unless it is asked for", async () => {
  const files = { ...plain, "cluster_group.tsv": groups };
  const quiet = await loaded(files);
  expect(quiet.units).toEqual([[0.01, 0.02]]);
  expect(quiet.notes).toContain("1 clusters of the group noise are left out (1)");
  const all = await loaded(files, { includeNoise: true });
  expect(all.units).toHaveLength(2);
  expect(all.cells("units", "group")).toEqual(["good", "noise"]);
});

test("people go before KiloSort, cluster_info.tsv before other tables, and it names silent units", async () => {
  const labels = { "cluster_KSLabel.tsv": "cluster_id\tKSLabel\n0\tnoise\n1\tgood\n" };
  expect((await loaded({ ...plain, ...labels })).units).toHaveLength(1);
  expect((await loaded({ ...plain, ...labels, "cluster_group.csv": "cluster_id,group\n0,mua\n" })).units).toHaveLength(
    2,
  );
  const info = {
    "cluster_info.tsv":
      'id\tch\tgroup\tdepth\tn_spikes\tok\tnote\n0\t7\tgood\t1.5\t2\tTrue\t"a\tb"\n2\t8\t\tnan\t0\tFalse\t\n1\t\tmua\t\t1\tTrue\tä\n',
  };
  const { units, cells, header } = await loaded({ ...plain, ...labels, ...info });
  expect(units).toEqual([[0.01, 0.02], [0.015], []]);
  expect(cells("units", "ch")).toEqual([7n, null, 8n]);
  expect(cells("units", "depth")).toEqual([1.5, null, Number.NaN]);
  expect(cells("units", "ok")).toEqual([true, true, false]);
  expect(cells("units", "note")).toEqual(["a\tb", "ä", null]);
  expect(header.tables[0]?.columns.map(({ name }) => name)).toEqual([
    "cluster_id",
    "ch",
    "group",
    "depth",
    "ok",
    "note",
  ]);
});

test("tables that are asked for must be there and hold something", async () => {
  const files = { ...plain, "cluster_group.tsv": "", "other.csv": "cluster_id,group\n1,noise\n" };
  expect((await problemOf(() => loaded(files, { clusterInfo: "gone.tsv" }))).reason).toBe("CLUSTER_TABLE_MISSING");
  expect((await problemOf(() => loaded(files, { clusterInfo: "cluster_group.tsv" }))).reason).toBe(
    "CLUSTER_TABLE_EMPTY",
  );
  expect((await loaded(files)).units).toHaveLength(2);
  expect((await loaded(files, { clusterInfo: "other.csv" })).units).toHaveLength(1);
});

const probe = {
  "channel_map.npy": integers(10, 11, 12),
  "channel_positions.npy": floats([0, 0, 0, 20, 32, 40], [3, 2]),
};

test("channels of units: where the template of most spikes is greatest", async () => {
  const files = {
    ...plain,
    ...probe,
    "spike_templates.npy": integers(1, 1, 0),
    // [template, sample, channel]
    "templates.npy": floats([0, 1, 0, 0, -2, 0, 0, 0, 0, 0, 0, -9], [2, 2, 3]),
  };
  const { cells, notes, header, frames } = await loaded(files);
  expect(cells("units", "ch")).toEqual([12n, 11n]);
  expect(notes).toContain("greatest");
  expect(cells("electrodes", "channel")).toEqual([10n, 11n, 12n]);
  expect(cells("electrodes", "x")).toEqual([0, 0, 32]);
  const templates = header.arrays.find(({ name }) => name === "spikes/templates");
  expect(templates?.axes.map(({ size }) => size)).toEqual([2, 2, 3]);
  const chunks = frames.flatMap(({ content }) => (content?.$case === "chunk" ? [content.value] : []));
  expect(chunks.map(({ data }) => [...new Float64Array(data.slice().buffer)])).toEqual([
    [0, 0, 0, 0, 0, -9],
    [0, 1, 0, 0, -2, 0],
  ]);
  const table = await loaded({ ...files, "cluster_info.tsv": "cluster_id\tch\n0\t99\n1\t98\n" });
  expect(table.cells("units", "ch")).toEqual([99n, 98n]);
});

test("sparse templates, and templates that MATLAB wrote", async () => {
  const sparse = {
    ...plain,
    ...probe,
    "spike_templates.npy": integers(0, 0, 1),
    "templates.npy": floats([5, 1, 0, 1, 0, 1, 7, 0], [2, 2, 2]),
    "template_ind.npy": shortIntegers([2, 0, 1, -1], [2, 2]),
  };
  expect((await loaded(sparse)).cells("units", "ch")).toEqual([12n, 11n]);
  const c = [0, 1, 0, 0, -2, 0, 0, 0, 0, 0, 0, -9];
  const columns = Array.from(
    { length: 12 },
    (_, at) => c[(at % 2) * 6 + (Math.floor(at / 2) % 2) * 3 + Math.floor(at / 4)] as number,
  );
  const bytes = Buffer.from(floats(columns, [2, 2, 3]))
    .toString("latin1")
    .replace("False,", "True, ");
  const turned = {
    ...plain,
    ...probe,
    "spike_templates.npy": integers(1, 1, 0),
    "templates.npy": Buffer.from(bytes, "latin1"),
  };
  expect((await loaded(turned)).cells("units", "ch")).toEqual([12n, 11n]);
});

test("SpikeLab's folders: channel_map.npy at the number of the cluster", async () => {
  const near = { ...plain, "channel_map.npy": integers(4, 7) };
  expect((await loaded(near)).cells("units", "ch")).toEqual([4n, 7n]);
  const far = await loaded({ ...near, "spike_clusters.npy": integers(0, 0, 100) });
  expect(far.cells("units", "ch")).toEqual([4n, null]);
  expect(far.notes).toContain("1 clusters are beyond the channel map (100)");
});

test("raw traces that lie in the folder, and amplitudes", async () => {
  const raw = Int16Array.from({ length: 11 }, (_, index) => index);
  const files = {
    ...plain,
    "params.py":
      "dat_path = r'recording.dat'\nn_channels_dat = 2\ndtype = '<i2'\noffset = 2\nsample_rate = 1000\nstart_time_seconds = -0.5\n",
    "recording.dat": asBytes(raw),
    "amplitudes.npy": floats([1, 2, 3]),
  };
  const { header, frames, spikes, units } = await loaded(files);
  expect(units).toEqual([[-0.49, -0.48], [-0.485]]);
  expect(spikes).toMatchObject({
    rawArray: "spikes/raw",
    amplitudesArray: "spikes/amplitudes",
    startTimeSeconds: -0.5,
  });
  const array = header.arrays.find(({ name }) => name === "spikes/raw");
  expect(array).toMatchObject({ dataType: "int16", axes: [{ size: 5, scale: 0.001, origin: -0.5 }, { size: 2 }] });
  const [chunk] = frames.flatMap(({ content }) => (content?.$case === "chunk" ? [content.value] : []));
  expect([...new Int16Array(chunk?.data.slice().buffer ?? new ArrayBuffer(0))]).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  const amplitudes = frames.flatMap(({ content }) =>
    content?.$case === "ragged" && content.value.arrayId === 2 ? [content.value] : [],
  );
  expect(amplitudes.map(({ data, rowLengths }) => [rowLengths, [...new Float64Array(data.slice().buffer)]])).toEqual([
    [
      [2, 1],
      [1, 2, 3],
    ],
  ]);
  expect((await loaded(files, { rawTraces: false })).header.arrays.map(({ name }) => name)).not.toContain("spikes/raw");
});

test("folders without a spike, and those that are damaged", async () => {
  const empty = { ...plain, "spike_times.npy": integers(), "spike_clusters.npy": integers() };
  expect((await loaded(empty)).units).toEqual([]);
  const uneven = await problemOf(() => loaded({ ...plain, "spike_clusters.npy": integers(1, 2, 3, 4, 5) }));
  expect(uneven).toMatchObject({ reason: "KILOSORT_LENGTHS_DIFFER", message: expect.stringContaining("mismatch") });
  const negative = await problemOf(() => loaded({ ...plain, "spike_times.npy": integers(-5, 1, 2) }));
  expect(negative).toMatchObject({
    reason: "SPIKE_OUTSIDE_RECORDING",
    message: expect.stringContaining("before the start"),
  });
  const { "spike_clusters.npy": _, ...half } = plain;
  expect((await problemOf(() => loaded(half))).reason).toBe("SPIKES_MISSING");
  const broken = { ...plain, "spike_times.npy": "no array" };
  expect((await problemOf(() => loaded(broken))).reason).toBe("FILE_DAMAGED");
});

test("params.py is read, never run", async () => {
  const source =
    "import os\nos.system('exit 1')\nsample_rate = 1_000.  # Hz\ndat_path = ['a', 'b']\nhp = __import__('os')\n";
  const { spikes } = await loaded({ ...plain, "params.py": source });
  expect(spikes?.samplingRateHz).toBe(1000);
});

const seed = fileURLToPath(new URL("../../../../shared/data/spikelab/sl_kilosort_30k", import.meta.url));
const reason = existsSync(seed) ? "" : " (SKIPPED: ../shared/data/spikelab is not there)";

(reason ? test.skip : test)(`SpikeLab's own folder of 30 kHz, which is not in order of time${reason}`, async () => {
  const stream = await kilosortLoader.load(seed, { samplingRateHz: 30_000 });
  expect(await unitsOf(stream)).toEqual([
    [150 / 30_000, 300 / 30_000, 450 / 30_000],
    [75 / 30_000, 600 / 30_000],
    [240 / 30_000],
  ]);
  const [units] = stream.header.tables;
  expect(units?.columns.map(({ name }) => name)).toEqual(["cluster_id", "ch"]);
});
