import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { asdLoader, jpkLoader } from "@sluice/afm";
import { asBytes, type DatasetStream, type Loader, rawStream, Stopwatch } from "@sluice/core";
import { collect, type MemoryArray, memoryStream } from "@sluice/core/testing";
import { hdf5 } from "@sluice/hdf5-service";
import { ProvenanceStep } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import type { PlaynanoArray, PlaynanoStack } from "../harness/playnano-stack.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();

/** The default writes everything, and playNano's names beside; playNano's own layout is written on request. */
const profiles = {
  auto: ["--to", "hdf5"],
  playnano: ["--to", "hdf5", "--set", "hdf5.profile=playnano"],
};

async function loaded(path: string): Promise<PlaynanoStack> {
  const [stack] = await python.ask<PlaynanoStack[]>("scripts/load_playnano.py", [path]);
  return stack as PlaynanoStack;
}

function sha256(bytes: ArrayBufferView): string {
  return createHash("sha256").update(asBytes(bytes)).digest("hex");
}

/** Digest of the image as its own loader reads it. */
async function imageDigest({ header, frames }: DatasetStream): Promise<string> {
  const id = header.arrays.find(({ name }) => name === "image")?.arrayId;
  const hash = createHash("sha256");
  for (const { content } of await collect(frames)) {
    if (content?.$case === "chunk" && content.value.arrayId === id) hash.update(content.value.data);
  }
  return hash.digest("hex");
}

const recordings: readonly {
  file: string;
  loader: Loader;
  bundle: string;
  shape: number[];
  pixelSizeNm: number;
  channel: string;
  times: number[];
  lineRate: number;
}[] = [
  {
    file: "afm/asd_sample_0.asd",
    loader: asdLoader,
    bundle: "asd_sample_0.h5",
    shape: [32, 200, 200],
    pixelSizeNm: 0.5,
    channel: "TP",
    times: Array.from({ length: 32 }, (_, second) => second),
    lineRate: 200,
  },
  {
    file: "afm/sample_0.h5-jpk",
    loader: jpkLoader,
    bundle: "sample_0.h5",
    shape: [4, 128, 128],
    pixelSizeNm: 1.171875,
    channel: "height_trace",
    times: [0, 3.275, 6.55, 9.825],
    lineRate: 40,
  },
];

const cases = Object.entries(profiles).flatMap(([name, profile]) =>
  recordings.map((recording) => ({ ...recording, name, profile })),
);

for (const { name, profile, file, loader, bundle, shape, pixelSizeNm, channel, times, lineRate } of cases) {
  testUnless(python.obstacle ?? sharedDataMissing("afm"))(
    `playNano loads the bundle of ${file}, profile ${name}`,
    async () => {
      const out = scratch.fresh();
      const { code, stderr } = await sluice(["export", sharedData(file), ...profile, "--out", out, "--verify"]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const stack = await loaded(join(out, bundle));
      const digest = await imageDigest(await loader.load(sharedData(file), {}));
      expect(stack).toMatchObject({
        data: { dtype: "float32", shape, sha256: digest },
        processed: {},
        masks: {},
        pixelSizeNm,
        channel,
        times,
        stateBackups: {},
        warnings: [],
      });
      for (const frame of stack.frameMetadata) {
        expect(frame).toMatchObject({ frame_pixel_size_nm: pixelSizeNm, line_rate: lineRate });
      }
      expect(stack.provenance).toMatchObject({
        acquisition: { sluice: { source: file.slice("afm/".length), unit: "nm" } },
        processing: { steps: [], keys_by_name: {} },
        analysis: { frame_times: null, steps: [], results_by_name: {} },
      });
    },
  );
}

testUnless(python.obstacle ?? sharedDataMissing("playnano"))(
  "playNano loads the same from its own bundle and from ours of it",
  async () => {
    const own = sharedData("playnano/pn_bundle_filtered.h5");
    const out = scratch.fresh();
    const { code } = await sluice(["export", own, ...profiles.playnano, "--out", out]);
    expect(code).toBe(0);
    const [theirs, ours] = [await loaded(own), await loaded(join(out, "pn_bundle_filtered.h5"))];
    const { acquisition, ...provenance } = ours.provenance;
    expect({ ...ours, provenance }).toEqual(theirs);
    expect(Object.keys(acquisition as object)).toEqual(["sluice"]);
  },
);

testUnless(python.obstacle)(
  "playNano loads layers, masks, the history and what was before frames were dropped",
  async () => {
    const { arrays, stream } = edited();
    const stack = await loaded(await exported(stream, {}));
    const described = (name: string, dtype: string): PlaynanoArray => {
      const { shape, data } = arrays.find((array) => array.name === name) as MemoryArray;
      return { dtype, shape, sha256: sha256(data) };
    };
    expect(stack.data).toEqual(described("image", "float32"));
    expect(stack.processed).toEqual({
      raw: described("processed/raw", "float32"),
      step_1_drop_frames: described("processed/step_1_drop_frames", "float32"),
    });
    expect(stack.masks).toEqual({ step_2_mask_threshold: described("masks/step_2_mask_threshold", "bool") });
    expect(stack.times).toEqual([0, 4]);
    expect(stack.warnings).toEqual([]);
    const before = [0, 1.5, 4].map((timestamp) => ({ timestamp, frame_pixel_size_nm: 0.25 }));
    expect(stack.stateBackups).toEqual({ frame_metadata_before_edit: before });
    expect(stack.provenance).toMatchObject({
      processing: {
        steps: [
          {
            index: 1,
            name: "drop_frames",
            step_type: "stack_edit",
            params: { indices_to_drop: [1] },
            processed_key: "step_1_drop_frames",
            output_summary: {
              delegated_to: null,
              stack_edit_function_used: "drop_frames",
              shape: [2, 3, 5],
              dtype: "float32",
            },
          },
          {
            index: 2,
            name: "mask_threshold",
            step_type: "mask",
            mask_key: "step_2_mask_threshold",
            mask_summary: { shape: [2, 3, 5], dtype: "bool" },
          },
        ],
        keys_by_name: { drop_frames: ["step_1_drop_frames"], mask_threshold: ["step_2_mask_threshold"] },
      },
    });

    const raw = await loaded(await exported(rawStream(edited().stream), {}));
    expect(raw.data).toEqual(described("processed/raw", "float32"));
    expect(raw).toMatchObject({ processed: {}, masks: {}, times: [0, 1.5, 4], frameMetadata: before });
  },
);

testUnless(python.obstacle)("playNano takes frames without times, and a stack of one frame", async () => {
  const axes = ["t", { name: "y", unit: "um", scale: 0.001 }, { name: "x", unit: "um", scale: 0.001 }];
  const values = Float64Array.of(0.1, 1 / 3, Number.NaN, 1e9);
  const image = { name: "image", dataType: "float64" as const, shape: [1, 2, 2], data: values, axes };
  const stack = await loaded(await exported(memoryStream([image], { imageStack: { channels: [] } }), {}));
  expect(stack.data).toEqual({ dtype: "float32", shape: [1, 2, 2], sha256: sha256(Float32Array.from(values)) });
  expect(stack).toMatchObject({ pixelSizeNm: 1, channel: "", times: [0], frameMetadata: [{ timestamp: null }] });
});

const stepFlags = ["--step", "afm.remove_plane", "--step", "afm.gaussian_filter:sigma=1"];

for (const { file, channel } of recordings) {
  testUnless(python.obstacle ?? sharedDataMissing("afm"))(
    `playNano's three loaders agree on one export of ${file}, and its own pipeline on the numbers`,
    async () => {
      const out = scratch.fresh();
      const flags = ["--to", "ome-tiff,npz,hdf5,gif", "--name", "test_stack", "--channel", channel, "--layers", "all"];
      const { code, stderr } = await sluice(["export", sharedData(file), ...stepFlags, ...flags, "--out", out]);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const path = (extension: string) => join(out, `test_stack_filtered.${extension}`);
      const [npz, h5, tif] = await python.ask<PlaynanoStack[]>(
        "scripts/load_playnano.py",
        ["npz", "h5", "ome.tif"].map(path),
      );
      if (!npz || !h5 || !tif) throw new Error("three files");
      const shapesOf = (stack: PlaynanoStack) =>
        Object.entries({ ...stack.processed, data: stack.data }).map(([key, { shape }]) => [key, shape]);
      expect(shapesOf(h5)).toEqual(shapesOf(npz));
      const { data: _, processed: __, ...described } = npz;
      expect(h5).toMatchObject(described);
      const { processed, masks, stateBackups } = tif;
      expect({ processed, masks, stateBackups }).toEqual({ processed: {}, masks: {}, stateBackups: {} });
      expect(tif).toMatchObject({ data: h5.data, channel, times: npz.times, warnings: [] });
      expect(tif.pixelSizeNm).toBeCloseTo(npz.pixelSizeNm, 12);
      expect(Object.keys(npz.processed)).toEqual(["raw", "step_1_remove_plane", "step_2_gaussian_filter"]);
      const names = { processing: { steps: [{ name: "remove_plane" }, { name: "gaussian_filter" }] } };
      for (const { provenance } of [npz, tif]) expect(provenance).toMatchObject(names);
      const { difference, magnitude, equal } = await python.ask<{
        difference: number;
        magnitude: number;
        equal: boolean[];
      }>("scripts/process_playnano.py", {
        bundle: path("npz"),
        others: [path("h5"), path("ome.tif")],
        steps: [
          ["remove_plane", {}],
          ["gaussian_filter", { sigma: 1 }],
        ],
      });
      expect(equal).toEqual([true, true]);
      // playNano rounds the raw layer to float32 as it loads it.
      expect(difference).toBeLessThanOrEqual(magnitude * 2 ** -23);
    },
  );
}

async function exported(stream: DatasetStream, options: Record<string, unknown>): Promise<string> {
  const sink = memorySink();
  await hdf5.export(stream, { profile: "playnano", ...options }, sink, {
    signal: new AbortController().signal,
    jobId: "job",
    name: "stack",
    clock: new Stopwatch(),
    now: () => new Date(0),
    uuid: () => "",
  });
  await sink.prepare();
  const path = join(scratch.fresh(), "stack.h5");
  writeFileSync(path, sink.files.get("stack.h5") as Uint8Array);
  return path;
}

/** Three frames, the second of which was dropped; then a mask of those that are left. */
function edited(): { readonly arrays: MemoryArray[]; readonly stream: DatasetStream } {
  const axesAt = (coordinatesArray: string) => [
    { name: "t", unit: "second", coordinatesArray },
    { name: "y", unit: "nanometer", scale: 0.25 },
    { name: "x", unit: "nanometer", scale: 0.25 },
  ];
  const raw = Float32Array.from({ length: 45 }, (_, index) => Math.sin(index));
  const kept = Float32Array.from([...raw.subarray(0, 15), ...raw.subarray(30)]);
  const movie = (name: string, data: Float32Array, times: string): MemoryArray => ({
    name,
    dataType: "float32",
    shape: [data.length / 15, 3, 5],
    data,
    axes: axesAt(times),
  });
  const times = (name: string, ...seconds: number[]): MemoryArray => ({
    name,
    dataType: "float64",
    shape: [seconds.length],
    data: Float64Array.from(seconds),
    axes: ["t"],
    spec: { unit: "s" },
  });
  const arrays: MemoryArray[] = [
    movie("image", kept, "timestamps"),
    times("timestamps", 0, 4),
    movie("processed/raw", raw, "timestamps_raw"),
    times("timestamps_raw", 0, 1.5, 4),
    movie("processed/step_1_drop_frames", kept, "timestamps"),
    {
      ...movie("masks/step_2_mask_threshold", kept, "timestamps"),
      dataType: "bool",
      data: Uint8Array.from(kept, (value) => Number(value > 0)),
    },
  ];
  const steps = [
    ProvenanceStep.fromPartial({
      name: "afm.drop_frames",
      software: "sluice",
      parameters: { indices_to_drop: [1] },
      output: "processed/step_1_drop_frames",
    }),
    ProvenanceStep.fromPartial({
      name: "afm.mask_threshold",
      software: "sluice",
      output: "masks/step_2_mask_threshold",
    }),
  ];
  const stream = memoryStream(arrays, {
    imageStack: {
      layers: [
        { name: "raw", array: "processed/raw" },
        { name: "step_1_drop_frames", array: "processed/step_1_drop_frames" },
      ],
      maskArrays: ["masks/step_2_mask_threshold"],
    },
    dataset: { provenance: { steps, source: "", acquiredTime: undefined, environment: {} } },
  });
  return { arrays, stream };
}
