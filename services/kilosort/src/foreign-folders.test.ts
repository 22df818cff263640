import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { npyBytes } from "@sluice/npy";
import { floats, integers, loaded, params, plain, shortIntegers, singles } from "./testing/index.ts";

test("what Phy saves: a merged cluster, groups and comments, with the lines of Python's csv module", async () => {
  const { units, cells } = await loaded({
    ...plain,
    "spike_times.npy": integers(10, 15, 20, 30),
    "spike_clusters.npy": integers(3, 3, 3, 2),
    "spike_templates.npy": integers(0, 1, 0, 2),
    "templates.npy": floats([0, 0, 0, -4, 0, 0, -4, 0, 0, 0, -1, 0], [3, 2, 2]),
    "cluster_info.tsv":
      "cluster_id\tamp\tch\tcomment\tdepth\tfr\tgroup\tn_spikes\tsh\tsnr\r\n2\t1.00000000\t0\tbest, ä\t0.0\t1\tgood\t1\t0\t2.5\r\n3\t4.00000000\t1\t\t20.0\t3\t\t3\t0\t\r\n",
    "cluster_group.tsv": "cluster_id\tgroup\r\n2\tgood\r\n",
    // Of clusters that are no more, too.
    "cluster_snr.tsv": "cluster_id\tsnr\r\n0\t7\r\n1\t8\r\n2\t2.5\r\n",
  });
  expect(units).toEqual([[0.03], [0.01, 0.015, 0.02]]);
  expect(cells("units", "cluster_id")).toEqual([2n, 3n]);
  expect([cells("units", "ch"), cells("units", "group")]).toEqual([
    [0n, 1n],
    ["good", null],
  ]);
  expect([cells("units", "comment"), cells("units", "snr")]).toEqual([
    ["best, ä", null],
    [2.5, null],
  ]);
});

test("what Phy computed from placeholders is not taken for measured", async () => {
  const table = "cluster_id\tamp\tch\tdepth\tfr\tn_spikes\tsh\n0\t0.0\t1\t20.0\t2\t2\t0\n1\t1.0\t0\t0.0\t1\t1\t0\n";
  const files = {
    ...plain,
    "spike_templates.npy": integers(0, 0, 1),
    // The channel of the first unit is not known: Phy names one all the same.
    "templates.npy": floats([0, 0, 0, 0, 0, 0, -1, 0], [2, 2, 2]),
    "cluster_info.tsv": table,
  };
  const made = "placeholders = 'channel_positions.npy templates.npy'\n";
  const found = await loaded({ ...files, "params.py": `${params}${made}` });
  expect(found.header.tables[0]?.columns.map(({ name }) => name)).toEqual(["cluster_id", "ch", "fr", "sh"]);
  expect([found.cells("units", "ch"), found.cells("units", "fr")]).toEqual([
    [null, 0n],
    [2n, 1n],
  ]);
  expect(found.notes).toContain("Phy computed from placeholders");
  const measured = await loaded(files);
  expect([measured.cells("units", "ch"), measured.cells("units", "amp")]).toEqual([
    [1n, 0n],
    [0, 1],
  ]);
  // A table that Phy did not save says what its writer knew.
  const info = "cluster_id\tch\tn_spikes\tamp\tdepth\tfr\tsh\n0\t7\t2\t5\t3.5\t2\t0\n1\t8\t1\t6\t\t1\t0\n";
  const own = await loaded({ ...files, "cluster_info.tsv": info, "params.py": params + made });
  expect([own.cells("units", "ch"), own.cells("units", "amp")]).toEqual([
    [7n, 8n],
    [5n, 6n],
  ]);
});

test("numbers that Phy rounded in cluster_info.tsv are read whole where their own table has them", async () => {
  const files = {
    ...plain,
    "cluster_info.tsv": "cluster_id\tp\tsnr\r\n0\t0.00000000\t2.12345679\r\n1\t1.50000000\t3\r\n",
    "cluster_p.tsv": "cluster_id\tp\r\n0\t1.25e-10\r\n1\t7.5\r\n2\t3\r\n",
    "cluster_snr.tsv": "cluster_id\tsnr\r\n0\t2.123456789012\r\n1\t3.000000001\r\n",
  };
  const { cells } = await loaded(files);
  // Another number is no rounding of it.
  expect([cells("units", "p"), cells("units", "snr")]).toEqual([
    [1.25e-10, 1.5],
    [2.123456789012, 3],
  ]);
  const named = await loaded(files, { clusterInfo: "cluster_info.tsv" });
  expect(named.cells("units", "p")).toEqual([0, 1.5]);
});

test("what KiloSort 4 writes: labels under the name of groups, shanks as floats, indices of dense templates", async () => {
  const { units, cells, header, spikes } = await loaded({
    "params.py":
      "n_channels_dat = 2\noffset = 0\nsample_rate = 1000\ndtype = 'int16'\nhp_filtered = False\ndat_path = ['/data/rec.bin']\n",
    "spike_times.npy": integers(10, 15, 20),
    "spike_clusters.npy": shortIntegers([0, 1, 0], [3]),
    "spike_templates.npy": shortIntegers([0, 1, 0], [3]),
    "spike_detection_templates.npy": shortIntegers([4, 5, 4], [3]),
    "amplitudes.npy": singles([1.5, 2.5, 3.5], [3]),
    "templates.npy": singles([0, 0, -1, 0, 0, 0, 0, -2], [2, 2, 2]),
    "templates_ind.npy": npyBytes("<i8", [2, 2], asBytes(BigInt64Array.of(0n, 1n, 0n, 1n))),
    "similar_templates.npy": singles([1, 0, 0, 1], [2, 2]),
    "channel_map.npy": integers(0, 1),
    "channel_positions.npy": singles([0, 20, 16, 40], [2, 2]),
    "channel_shanks.npy": singles([0, 1], [2]),
    "cluster_group.tsv": "cluster_id\tKSLabel\n0\tmua\n1\tgood\n",
    "cluster_KSLabel.tsv": "cluster_id\tKSLabel\n0\tmua\n1\tgood\n",
    "cluster_Amplitude.tsv": "cluster_id\tAmplitude\n0\t23.0\n1\t36.2\n",
    "cluster_ContamPct.tsv": "cluster_id\tContamPct\n0\t0.0\n1\t118.3\n",
  });
  expect(units).toEqual([[0.01, 0.02], [0.015]]);
  expect(header.tables[0]?.columns.map(({ name }) => name)).toEqual([
    "cluster_id",
    "ch",
    "Amplitude",
    "ContamPct",
    "KSLabel",
  ]);
  expect(cells("units", "ch")).toEqual([0n, 1n]);
  expect(cells("units", "ContamPct")).toEqual([0, 118.3]);
  expect(cells("electrodes", "shank")).toEqual([0n, 1n]);
  expect(spikes).toMatchObject({ amplitudesArray: "spikes/amplitudes", templatesArray: "spikes/templates" });
});

test("templates are unwhitened as in Phy, which may move the channel of a unit", async () => {
  const files = {
    ...plain,
    "spike_templates.npy": integers(0, 0, 1),
    // Greatest on channel 0 as it is stored; on channel 1 in the traces.
    "templates.npy": floats([0, 0, 3, 2, 0, 0, -1, 0], [2, 2, 2]),
    "whitening_mat_inv.npy": floats([1, 0.5, 0.25, 4], [2, 2]),
  };
  const { frames, cells, notes, header } = await loaded(files);
  expect(cells("units", "ch")).toEqual([1n, 0n]);
  expect(notes).toContain("unwhitened");
  const templates = (found: typeof frames) =>
    found.flatMap(({ content }) =>
      content?.$case === "chunk" ? [...new Float64Array(content.value.data.slice().buffer)] : [],
    );
  expect(header.arrays.find(({ name }) => name === "spikes/templates")?.dataType).toBe("float64");
  expect(templates(frames)).toEqual([0, 0, 3.5, 9.5, 0, 0, -1, -0.5]);
  const stored = await loaded(files, { unwhiten: false });
  expect(templates(stored.frames)).toEqual([0, 0, 3, 2, 0, 0, -1, 0]);
  expect(stored.cells("units", "ch")).toEqual([0n, 0n]);
  for (const unfit of [floats([1, 2, 3, 4], [4]), floats([1, 0, 0, Number.NaN], [2, 2]), floats([2], [1, 1])]) {
    const left = await loaded({ ...files, "whitening_mat_inv.npy": unfit });
    expect(templates(left.frames)).toEqual([0, 0, 3, 2, 0, 0, -1, 0]);
    expect(left.notes).toContain("stand whitened");
  }
  const identity = await loaded({ ...files, "whitening_mat_inv.npy": floats([1, 0, 0, 1], [2, 2]) });
  expect(templates(identity.frames)).toEqual([0, 0, 3, 2, 0, 0, -1, 0]);
  expect(identity.notes).not.toContain("whiten");
});

test("the peak of a template is that from least to greatest: an offset of a channel is none", async () => {
  const files = { ...plain, "spike_templates.npy": integers(0, 0, 1) };
  const offset = { ...files, "templates.npy": floats([100, 0, 101, -5, 100, 0, 0, 0], [2, 2, 2]) };
  expect((await loaded(offset)).cells("units", "ch")).toEqual([1n, 0n]);
  const single = { ...files, "templates.npy": floats([1, -2, 0, 0], [2, 1, 2]) };
  expect((await loaded(single)).cells("units", "ch")).toEqual([1n, null]);
});
