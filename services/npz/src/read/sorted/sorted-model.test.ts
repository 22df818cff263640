import { expect, test } from "@jest/globals";
import { asBytes, asElements, checkHeader, type DataType } from "@sluice/core";
import { collect, problemOf } from "@sluice/core/testing";
import { withFile } from "@sluice/source/testing";
import { TableValues } from "@sluice/spikes";
import { unitsOf } from "@sluice/spikes/testing";
import { npzLoader } from "../../loader.ts";
import { npyFile, zipFile } from "../../testing/foreign-files.ts";
import { pickledUnits } from "../../testing/pickled-units.ts";

const fs = npyFile("'<f8'", [], asBytes(Float64Array.of(20_000)));
const locations = npyFile("'<f8'", [2, 2], asBytes(Float64Array.of(1, 5, 2, 5)));
const units = npyFile("'|O'", [2], pickledUnits[4]);

/** 0-d array of None, as NumPy saves it: protocol 4. */
const none = npyFile(
  "'|O'",
  [],
  new Uint8Array(
    Buffer.from(
      "gASVhgAAAAAAAACMFm51bXB5Ll9jb3JlLm11bHRpYXJyYXmUjAxfcmVjb25zdHJ1Y3SUk5SMBW51bXB5lIwHbmRhcnJheZSTlEsAhZRDAWKUh5RSlChLASloA4wFZHR5cGWUk5SMAk84lImIh5RSlChLA4wBfJROTk5K/////0r/////Sz90lGKJXZROYXSUYi4=",
      "base64",
    ),
  ),
);

async function load(members: Readonly<Record<string, Uint8Array>>, options = {}) {
  return await withFile(
    zipFile(Object.fromEntries(Object.entries(members).map(([key, bytes]) => [`${key}.npy`, bytes]))),
    async (path) => {
      const { header, frames } = await npzLoader.load(path, options);
      expect(checkHeader(header)).toEqual([]);
      const all = await collect(frames);
      const tables = header.tables.map((spec) => {
        const values = new TableValues(spec);
        for (const { content } of all) {
          if (content?.$case === "batch" && content.value.tableId === spec.tableId) values.take(content.value);
        }
        return [
          spec.name,
          Object.fromEntries(values.columns.map((column) => [column.spec.name, column.cells])),
        ] as const;
      });
      const arrays = header.arrays
        .filter(({ ragged }) => !ragged)
        .map(({ name, arrayId, dataType, axes }) => {
          const parts = all.flatMap(({ content }) =>
            content?.$case === "chunk" && content.value.arrayId === arrayId ? [content.value.data] : [],
          );
          const values = Array.from(asElements(dataType as DataType, Buffer.concat(parts)), Number);
          return [name, { dataType, shape: axes.map(({ size }) => size), values }] as const;
        });
      const stream = { header, frames: { [Symbol.asyncIterator]: () => all.values() } } as never;
      return {
        header,
        spikes: header.dataset.spikeTrains[0],
        seconds: header.dataset.spikeTrains.length > 0 ? await unitsOf(stream) : [],
        tables: Object.fromEntries(tables),
        arrays: Object.fromEntries(arrays),
      };
    },
    "sorted.npz",
  );
}

test.each([2, 3, 4] as const)("units of SpikeLab's sorter are a recording, protocol %i", async (protocol) => {
  const found = await load({ units: npyFile("'|O'", [2], pickledUnits[protocol]), locations, fs });
  expect(found.seconds).toEqual([[40 / 20_000, 20 / 20_000, 21 / 20_000], []]);
  expect(found.spikes).toMatchObject({
    samplingRateHz: 20_000,
    durationSeconds: 0.002,
    unitsTable: "units",
    electrodesTable: "electrodes",
    templatesArray: "spikes/templates",
  });
  expect(found.tables).toEqual({
    units: {
      unit_id: [7n, 8n],
      x: [0, 10.5],
      y: [5, 5],
      max_channel_id: ["3", "4"],
      peak_sign: ["négative", "négative"],
      good: [true, false],
      electrode: [2n ** 40n, null],
      gap: [1.5, null],
    },
    electrodes: { x: [1, 2], y: [5, 5] },
  });
  expect(found.arrays).toEqual({
    "spikes/templates": { dataType: "float32", shape: [2, 3, 2], values: [0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6] },
    "units/amplitudes": { dataType: "float64", shape: [2, 2], values: [1.5, 2.5, 1.5, 2.5] },
  });
  expect(found.header.arrays.find(({ name }) => name === "units/peak_ind")).toMatchObject({ ragged: true });
});

test("a length is taken, no places are no electrodes, other arrays are kept", async () => {
  const extra = npyFile("'<i2'", [2], asBytes(Int16Array.of(3, 4)));
  const found = await load({ units, locations: none, fs, extra }, { lengthMs: 1500 });
  expect(found.spikes).toMatchObject({ durationSeconds: 1.5, electrodesTable: "" });
  expect(found.arrays["extra"]).toMatchObject({ values: [3, 4] });
});

test("a file without units, which NumPy saves as no numbers", async () => {
  const found = await load({ units: npyFile("'<f8'", [0], new Uint8Array(0)), locations, fs });
  expect(found).toMatchObject({ seconds: [], spikes: { durationSeconds: 0 } });
});

test.each([
  ["what names os.system", pickleOf("cposix\nsystem\n."), "PICKLED_MEMBER", "posix system"],
  ["a persistent id", pickleOf("Pabc\n."), "PICKLED_MEMBER", "opcode 0x50"],
  ["what is no array", pickleOf("]."), "PICKLED_MEMBER", "something else than an array"],
  ["a cut pickle", pickledUnits[4].subarray(0, 900), "PICKLED_MEMBER", "an end too early"],
])("%s is refused by name", async (_what, pickle, reason, got) => {
  const problem = await problemOf(() => load({ units: npyFile("'|O'", [2], pickle), locations, fs }));
  expect(problem).toMatchObject({ reason, field: "units", got: expect.stringContaining(got) });
});

test("what a recording cannot be is told", async () => {
  const still = npyFile("'<f8'", [], asBytes(Float64Array.of(0)));
  const flat = npyFile("'<f8'", [4], asBytes(new Float64Array(4)));
  expect(await problemOf(() => load({ units, fs: still }))).toMatchObject({ reason: "SAMPLING_RATE_INVALID" });
  expect(await problemOf(() => load({ units, fs }, { lengthMs: 1 }))).toMatchObject({
    reason: "SPIKE_OUTSIDE_RECORDING",
    field: "arrays.spikes/times",
  });
  expect(await problemOf(() => load({ units, fs, locations: flat }))).toMatchObject({
    reason: "SORTED_UNITS_INVALID",
    field: "locations",
  });
  expect(await problemOf(() => load({ flat }, { profile: "spikelab" }))).toMatchObject({
    reason: "SORTED_UNITS_INVALID",
  });
  expect(await problemOf(() => load({ flat }, { lengthMs: 1 }))).toMatchObject({ reason: "OPTION_NOT_APPLICABLE" });
  expect(await problemOf(() => load({ units, fs, flat }, { profile: "generic" }))).toMatchObject({
    reason: "PICKLED_MEMBER",
  });
});

function pickleOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`\x80\x02${text}`, "latin1"));
}
