import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { type DatasetStream, type DataType, type RawOptions, Stopwatch } from "@sluice/core";
import { collect, memoryStream } from "@sluice/core/testing";
import { npz, npzLoader } from "@sluice/npz";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { commandMissing, sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import type { PlaynanoStack } from "../harness/playnano-stack.ts";
import { run } from "../harness/processes.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { randomArrays } from "../harness/random-arrays.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();

interface NumpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256?: string;
  readonly values?: unknown;
}

interface NumpyFile {
  readonly broken: string | null;
  readonly arrays: Readonly<Record<string, NumpyArray>>;
}

const descriptions: Readonly<Record<DataType, string>> = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function write(stream: DatasetStream, options: RawOptions, path: string): Promise<void> {
  const sink = memorySink();
  const signal = new AbortController().signal;
  const context = { signal, jobId: "job", name: "a", clock: new Stopwatch(), now: () => new Date(0), uuid: () => "" };
  await npz.export(stream, options, sink, context);
  writeFileSync(path, sink.files.get("a.npz") as Uint8Array);
}

const file = fc.record({
  arrays: randomArrays(5),
  compressed: fc.oneof(fc.boolean(), fc.integer({ min: 1, max: 9 })),
  unknownLength: fc.boolean(),
});

for (const seed of [1, 2, 3]) {
  testUnless(python.obstacle)(`numpy reads every value of 60 random files without pickle (${seed})`, async () => {
    const folder = scratch.fresh();
    const files = fc.sample(file, { seed, numRuns: 60 });
    const paths = files.map((_, index) => join(folder, `${index}.npz`));
    for (const [index, { arrays, compressed, unknownLength }] of files.entries()) {
      await write(memoryStream(arrays, { unknownLength }), { compressed }, paths[index] as string);
    }
    const found = await python.ask<NumpyFile[]>("scripts/describe_npz.py", paths);
    for (const [index, { arrays }] of files.entries()) {
      const { broken, arrays: read } = found[index] as NumpyFile;
      const { sluice_json: record, ...others } = read;
      expect(broken).toBeNull();
      expect(others).toEqual(
        Object.fromEntries(
          arrays.map(({ name, dataType, shape, data }) => [
            name,
            { dtype: descriptions[dataType], shape, sha256: sha256(data as Uint8Array) },
          ]),
        ),
      );
      expect(JSON.parse(String(record?.values))).toMatchObject({ version: 1 });
    }
    if (commandMissing("unzip", "-v")) return;
    for (const path of paths) expect(await run("unzip", ["-tqq", path])).toMatchObject({ code: 0, stdout: "" });
  });
}

testUnless(python.obstacle)("our loader reads every value that numpy saves, and says its type and shape", async () => {
  const folder = scratch.fresh();
  const saved = await python.ask<Record<string, NumpyArray>>("scripts/write_npz.py", { folder });
  for (const name of ["plain.npz", "packed.npz"]) expect(await loaded(join(folder, name))).toEqual(saved);
  expect(await loaded(join(folder, "one.npy"))).toEqual({ one: saved["f4_big_F_3_2"] });
});

/** Type, shape and digest of each array as our loader reads it. */
async function loaded(path: string): Promise<Record<string, NumpyArray>> {
  const { header, frames } = await npzLoader.load(path, {});
  const hashes = new Map(header.arrays.map(({ arrayId }) => [arrayId, createHash("sha256")]));
  for (const { content } of await collect(frames)) {
    if (content?.$case === "chunk") hashes.get(content.value.arrayId)?.update(content.value.data);
  }
  return Object.fromEntries(
    header.arrays.map(({ name, dataType, axes, arrayId }) => [
      name,
      { dtype: dataType, shape: axes.map(({ size }) => size as number), sha256: hashes.get(arrayId)!.digest("hex") },
    ]),
  );
}

const recordings = [
  { file: "afm/asd_sample_0.asd", bundle: "asd_sample_0.npz", shape: [32, 200, 200], size: 0.5, times: [0, 1, 2, 3] },
  {
    file: "afm/sample_0.h5-jpk",
    bundle: "sample_0.npz",
    shape: [4, 128, 128],
    size: 1.171875,
    times: [0, 3.275, 6.55, 9.825],
  },
];

for (const { file: recording, bundle, shape, size, times } of recordings) {
  testUnless(python.obstacle ?? sharedDataMissing("afm"))(`playNano loads the bundle of ${recording}`, async () => {
    const out = scratch.fresh();
    const { code, stderr } = await sluice(["export", sharedData(recording), "--to", "npz", "--out", out, "--verify"]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [stack] = await python.ask<PlaynanoStack[]>("scripts/load_playnano.py", [join(out, bundle)]);
    expect(stack).toMatchObject({
      data: { dtype: "float32", shape },
      pixelSizeNm: size,
      stateBackups: {},
      warnings: [],
    });
    expect(stack?.times.slice(0, 4)).toEqual(times);
    const [found] = await python.ask<NumpyFile[]>("scripts/describe_npz.py", [join(out, bundle)]);
    expect(found?.arrays["data"]?.sha256).toBe(stack?.data.sha256);
    const own = await loaded(join(out, bundle));
    expect(own["image"]?.sha256).toBe(stack?.data.sha256);
  });
}

testUnless(python.obstacle ?? sharedDataMissing("playnano"))(
  "playNano loads the same from its own bundle, pickled or not, and from ours of it",
  async () => {
    const load = async (path: string) => {
      const [stack] = await python.ask<PlaynanoStack[]>("scripts/load_playnano.py", [path]);
      return stack as PlaynanoStack;
    };
    const theirs = await load(sharedData("playnano/pn_bundle_filtered.npz"));
    for (const name of ["pn_bundle_filtered", "pn_bundle_filtered_nopickle"]) {
      const out = scratch.fresh();
      const source = sharedData(`playnano/${name}.npz`);
      const { code } = await sluice(["export", source, "--to", "npz", "--out", out]);
      expect(code).toBe(0);
      const ours = await load(join(out, `${name}.npz`));
      const { acquisition, ...provenance } = ours.provenance;
      expect({ ...ours, provenance }).toEqual(theirs);
      expect(Object.keys(acquisition as object)).toEqual(["sluice"]);
    }
  },
);
