import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { type DatasetStream, type DataType, itemSize, type RawOptions, Stopwatch } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { pickle } from "@sluice/pickle";
import { memorySink } from "@sluice/sink/testing";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import * as fc from "fast-check";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { pixelBytes } from "../harness/pixels.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { randomArrays } from "../harness/random-arrays.ts";
import { useScratch } from "../harness/scratch.ts";
import type { SpikelabRecording } from "../harness/spikelab-recording.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);

const protocols = [2, 3, 4, 5];

interface Loaded {
  readonly protocol: number;
  /** Python's unpickler in C and the one in Python built the same. */
  readonly agree: boolean;
  readonly value: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What was imported beside NumPy. */
  readonly modules: readonly string[];
}

interface LoadedRecording extends SpikelabRecording {
  readonly rawType: string;
  readonly metadata: unknown;
  readonly neuronAttributes: unknown;
  readonly sameFields: boolean;
  readonly sameOpcodes: boolean;
}

async function write(stream: DatasetStream, options: RawOptions, path: string): Promise<string> {
  const sink = memorySink();
  const signal = new AbortController().signal;
  const context = { signal, jobId: "job", name: "a", clock: new Stopwatch(), now: () => new Date(0), uuid: () => "" };
  await pickle.export(stream, options, sink, context);
  writeFileSync(path, sink.files.get("a.pkl") as Uint8Array);
  return path;
}

function numpyType(dataType: DataType): string {
  const kind = dataType === "bool" ? "b" : dataType.startsWith("uint") ? "u" : dataType[0];
  return `${itemSize[dataType] === 1 ? "|" : "<"}${kind}${itemSize[dataType]}`;
}

function arrayOf(dataType: DataType, shape: readonly number[], data: ArrayBufferView) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: numpyType(dataType), shape, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const file = fc.record({
  arrays: randomArrays(4),
  unknownLength: fc.boolean(),
});

for (const protocol of protocols) {
  readable(`numpy alone loads every value of 40 random files, protocol ${protocol}`, async () => {
    const folder = scratch.fresh();
    const files = fc.sample(file, { seed: protocol, numRuns: 40 });
    const paths = [];
    for (const [index, { arrays, unknownLength }] of files.entries()) {
      paths.push(await write(memoryStream(arrays, { unknownLength }), { protocol }, join(folder, `${index}.pkl`)));
    }
    const found = await python.ask<Loaded[]>("scripts/describe_pickle.py", paths);
    for (const [index, { arrays }] of files.entries()) {
      expect(found[index]).toMatchObject({ protocol, agree: true, modules: [] });
      expect(found[index]?.value["arrays"]).toEqual(
        Object.fromEntries(arrays.map(({ name, dataType, shape, data }) => [name, arrayOf(dataType, shape, data)])),
      );
    }
  });
}

readable("numpy alone loads large arrays, ragged ones, tables and texts, every protocol", async () => {
  const folder = scratch.fresh();
  const data = pixelBytes("float32", 40 * 64 * 64, 5);
  const image: MemoryArray = { name: "image", dataType: "float32", shape: [40, 64, 64], data };
  const mask: MemoryArray = { name: "mask", dataType: "uint8", shape: [40, 64, 64], data: data.slice(0, 40 * 64 * 64) };
  const long = Array.from({ length: 150_000 }, (_, index) => index / 4);
  const units = [[0.5], [], long, [1, 2]];
  const table = smallTable("units", 9, {
    depth: [1.5, 2, 3, 4],
    label: ["a", null, "µ", ""],
    gap: [null, 4, 5, Number.NaN],
  });
  const rows = 3000;
  const many = smallTable("many", 10, { text: Array.from({ length: rows }, (_, index) => `row ${index}`) });
  const source = () =>
    spikeStream(units, {
      arrays: [image, mask],
      tables: [table, many],
      dataset: { metadata: { whole: 3, real: 2.5 } },
    });
  const paths = [];
  for (const protocol of protocols) paths.push(await write(source(), { protocol }, join(folder, `${protocol}.pkl`)));
  for (const { agree, value } of await python.ask<Loaded[]>("scripts/describe_pickle.py", paths)) {
    expect(agree).toBe(true);
    expect(value["arrays"]).toEqual({
      image: arrayOf("float32", [40, 64, 64], image.data),
      mask: arrayOf("uint8", [40, 64, 64], mask.data),
      "spikes/times": units.map((unit) => arrayOf("float64", [unit.length], Float64Array.from(unit))),
    });
    expect(value["tables"]).toEqual({
      units: {
        depth: arrayOf("float64", [4], Float64Array.of(1.5, 2, 3, 4)),
        label: ["a", null, "µ", ""],
        gap: [null, 4, 5, "nan"],
      },
      many: { text: Array.from({ length: rows }, (_, index) => `row ${index}`) },
    });
    expect(value["metadata"]).toEqual({ whole: "int 3", real: 2.5 });
    expect(value).toMatchObject({ format: "sluice.pickle", format_version: "int 1" });
  }
});

const traces: MemoryArray = {
  name: "raw",
  dataType: "int16",
  shape: [5, 2],
  data: Int16Array.of(0, 10, 1, 11, 2, 12, 3, 13, 4, 14),
  axes: ["sample", "channel"],
};

for (const protocol of protocols) {
  readable(`SpikeLab loads the object that it would have made itself, protocol ${protocol}`, async () => {
    const folder = scratch.fresh();
    const units = smallTable("units", 9, {
      electrode: [4, 7, 2, 3],
      x: [10, 11, null, 13],
      label: ["good", null, "mua", ""],
    });
    const spikes = {
      unitsTable: "units",
      rawArray: "raw",
      samplingRateHz: 1000,
      startTimeSeconds: -0.1,
      durationSeconds: 0.2,
    };
    const long = Array.from({ length: 20_000 }, (_, index) => index / 1e6);
    const source = () =>
      spikeStream([[0.005, 0.01, 0.015], [], long, [-0.05, 0.0025]], {
        spikes,
        arrays: [traces],
        tables: [units],
        dataset: { metadata: { mouse: 7, weight: 21.5 } },
      });
    const profile = "spikelab";
    const paths = [
      await write(source(), { protocol, profile }, join(folder, "raw.pkl")),
      await write(source(), { protocol, profile, rawTraces: false }, join(folder, "bare.pkl")),
    ];
    const [raw, bare] = await python.ask<LoadedRecording[]>("scripts/load_spikelab_pickle.py", paths);
    const shared = {
      units: 4,
      trains: [[5, 10, 15], [], long.map((time) => time * 1e3), [-50, 2.5]],
      startMs: -100,
      lengthMs: 200,
      neuronAttributes: [
        { electrode: 4, x: 10, label: "good" },
        { electrode: 7, x: 11 },
        { electrode: 2, label: "mua" },
        { electrode: 3, x: 13, label: "" },
      ],
      metadata: { mouse: 7, weight: 21.5 },
      sameFields: true,
      warnings: [],
    };
    const times = [0, 1, 2, 3, 4].map((sample) => expect.closeTo(sample - 100, 9));
    expect(raw).toMatchObject({
      ...shared,
      raw: [
        [0, 1, 2, 3, 4],
        [10, 11, 12, 13, 14],
      ],
      rawType: "<i2",
      rawTimesMs: times,
    });
    // With raw traces these come first, at a length that can be replaced.
    expect(bare).toMatchObject({ ...shared, raw: [], rawTimesMs: [], sameOpcodes: true });
  });
}

testUnless(python.obstacle ?? sharedDataMissing("spikelab"))(
  "the golden recording comes out as SpikeLab's own pickle",
  async () => {
    const golden = sharedData("spikelab/sl_spikedata_proto4.pkl");
    const [theirs] = await python.ask<LoadedRecording[]>("scripts/load_spikelab_pickle.py", [golden]);
    const stream = spikeStream(
      theirs!.trains.map((train) => train.map((time) => time / 1e3)),
      {
        spikes: { durationSeconds: theirs!.lengthMs / 1e3, startTimeSeconds: theirs!.startMs / 1e3 },
      },
    );
    const path = await write(stream, { profile: "spikelab" }, join(scratch.fresh(), "golden.pkl"));
    const [ours] = await python.ask<LoadedRecording[]>("scripts/load_spikelab_pickle.py", [path]);
    const { metadata: _, neuronAttributes: __, ...rest } = theirs!;
    expect(ours).toMatchObject({ ...rest, sameOpcodes: true });
    // Up to the metadata, the bytes differ in the length of the frame alone.
    const [one, other] = [readFileSync(golden), readFileSync(path)];
    const end = one.indexOf("metadata");
    expect(end).toBeGreaterThan(400);
    expect(other.subarray(11, end).equals(one.subarray(11, end))).toBe(true);
  },
);
