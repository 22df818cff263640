import { expect, test } from "@jest/globals";
import { asBytes, asElements, type DatasetStream, type DataType, isError, rawStream, verify } from "@sluice/core";
import { type MemoryArray, type MemoryStreamOptions, memoryStream } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import { LossKind, ProvenanceStep } from "@sluice/proto";
import { hdf5 } from "../../exporter.ts";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, withFile } from "../../testing/index.ts";

const profile = { profile: "playnano" };
const space = (name: string) => ({ name, unit: "nanometer", scale: 0.5 });
const axes = [{ name: "t", unit: "second", coordinatesArray: "timestamps" }, space("y"), space("x")];

function movie(name: string, dataType: DataType, frames: number, first = 0): MemoryArray {
  const values = Array.from({ length: frames * 6 }, (_, index) => first + index / 8);
  const data =
    dataType === "bool"
      ? Uint8Array.from(values, (value) => value % 2)
      : dataType === "float64"
        ? Float64Array.from(values)
        : Float32Array.from(values);
  return { name, dataType, shape: [frames, 2, 3], data, axes };
}

function times(seconds: readonly number[], name = "timestamps"): MemoryArray {
  const data = Float64Array.from(seconds);
  return { name, dataType: "float64", shape: [data.length], data, axes: ["t"], spec: { unit: "s" } };
}

const layers = [
  { name: "raw", array: "processed/raw" },
  { name: "step_1_remove_plane", array: "processed/step_1_remove_plane" },
];

/** Three frames with a raw layer, one step and a mask. */
function processed(options: MemoryStreamOptions = {}): DatasetStream {
  const arrays = [
    movie("image", "float32", 3),
    times([0, 3.275, Number.NaN]),
    movie("processed/raw", "float32", 3, 100),
    movie("processed/step_1_remove_plane", "float32", 3),
    movie("masks/step_2_mask_threshold", "bool", 3),
  ];
  return memoryStream(arrays, {
    imageStack: {
      channels: [{ name: "height_trace" }],
      lineRateHz: 40,
      layers,
      maskArrays: ["masks/step_2_mask_threshold"],
    },
    dataset: {
      metadata: { experimenter: "J. Müller" },
      provenance: {
        source: "a.h5-jpk",
        acquiredTime: undefined,
        environment: { sluice: "0.1.0" },
        steps: [
          ProvenanceStep.fromPartial({
            name: "afm.remove_plane",
            software: "sluice",
            softwareVersion: "0.1.0",
            time: new Date("2026-01-02T03:04:05Z"),
            output: "processed/step_1_remove_plane",
          }),
          ProvenanceStep.fromPartial({
            name: "afm.mask_threshold",
            software: "sluice",
            parameters: { threshold: 1 },
            output: "masks/step_2_mask_threshold",
          }),
        ],
      },
    },
    ...options,
  });
}

async function textOf(bytes: Uint8Array, name: string): Promise<unknown> {
  return withFile(bytes, (path) =>
    withHdf5(path, async (file) => JSON.parse((await (await file.dataset(name)).readText())[0] as string)),
  );
}

test("parts of a bundle have the types that playNano writes", async () => {
  const { bytes } = await exportToMemory(processed(), profile);
  await withFile(bytes, (path) =>
    withHdf5(path, async (file) => {
      const kinds = async (name: string) => {
        const { type, shape } = await file.dataset(name);
        return { type, shape };
      };
      expect((await file.children()).map(({ name }) => name)).toEqual([
        "data",
        "frame_metadata_json",
        "masks",
        "processed",
        "provenance_json",
        "timestamps",
      ]);
      expect(await kinds("data")).toEqual({ type: "float32", shape: [3, 2, 3] });
      expect(await kinds("processed/raw")).toEqual({ type: "float32", shape: [3, 2, 3] });
      expect(await kinds("masks/step_2_mask_threshold")).toEqual({ type: "bool", shape: [3, 2, 3] });
      expect(await kinds("timestamps")).toEqual({ type: "float64", shape: [3] });
      expect([...asElements("float64", await (await file.dataset("timestamps")).read())]).toEqual([
        0,
        3.275,
        Number.NaN,
      ]);
      expect(await file.attributes()).toEqual(
        new Map<string, unknown>([
          ["channel", "height_trace"],
          ["pixel_size_nm", 0.5],
        ]),
      );
    }),
  );
});

test("frames have playNano's keys; a time that is not known is null", async () => {
  const { bytes } = await exportToMemory(processed(), profile);
  expect(await textOf(bytes, "frame_metadata_json")).toEqual([
    { timestamp: 0, frame_pixel_size_nm: 0.5, line_rate: 40 },
    { timestamp: 3.275, frame_pixel_size_nm: 0.5, line_rate: 40 },
    { timestamp: null, frame_pixel_size_nm: 0.5, line_rate: 40 },
  ]);
});

test("the history is in playNano's schema", async () => {
  const { bytes } = await exportToMemory(processed(), profile);
  expect(await textOf(bytes, "provenance_json")).toEqual({
    environment: { sluice: "0.1.0" },
    acquisition: { sluice: { source: "a.h5-jpk", metadata: { experimenter: "J. Müller" } } },
    processing: {
      steps: [
        {
          index: 1,
          name: "remove_plane",
          sluice_name: "afm.remove_plane",
          params: {},
          timestamp: "2026-01-02T03:04:05.000Z",
          step_type: "filter",
          version: "0.1.0",
          function_module: "sluice",
          processed_key: "step_1_remove_plane",
          output_summary: { shape: [3, 2, 3], dtype: "float32" },
        },
        {
          index: 2,
          name: "mask_threshold",
          sluice_name: "afm.mask_threshold",
          params: { threshold: 1 },
          timestamp: null,
          step_type: "mask",
          version: null,
          function_module: "sluice",
          mask_key: "step_2_mask_threshold",
          mask_summary: { shape: [3, 2, 3], dtype: "bool" },
        },
      ],
      keys_by_name: { remove_plane: ["step_1_remove_plane"], mask_threshold: ["step_2_mask_threshold"] },
    },
    analysis: { frame_times: null, steps: [], results_by_name: {} },
  });
});

test("raw: metadata from before the first edit, where frames were dropped", async () => {
  const arrays = [
    movie("image", "float32", 2),
    times([0, 2]),
    {
      ...movie("processed/raw", "float32", 3),
      axes: [{ ...axes[0], coordinatesArray: "raw_times" }, axes[1]!, axes[2]!],
    },
    times([0, 1, 2], "raw_times"),
  ];
  const stream = () => memoryStream(arrays, { imageStack: { layers: [layers[0]!] } });
  const edited = await exportToMemory(stream(), profile);
  const before = [0, 1, 2].map((timestamp) => ({ timestamp, frame_pixel_size_nm: 0.5 }));
  expect(await textOf(edited.bytes, "frame_metadata_json")).toEqual([before[0], before[2]]);
  expect(await textOf(edited.bytes, "state_backups_json")).toEqual({ frame_metadata_before_edit: before });
  const raw = await exportToMemory(rawStream(stream()), profile);
  expect(await textOf(raw.bytes, "frame_metadata_json")).toEqual(before);
  await withFile(edited.bytes, async (path) => {
    const again = await exportToMemory(rawStream(await hdf5Loader.load(path, {})), profile);
    expect(await textOf(again.bytes, "frame_metadata_json")).toEqual(before);
    const { header } = await hdf5Loader.load(path, {});
    const lengths = header.arrays.map(({ name, axes: [axis] }) => [name, axis?.size, axis?.coordinatesArray]);
    expect(lengths).toEqual([
      ["image", 2, "timestamps"],
      ["timestamps", 2, ""],
      ["timestamps_before_edit", 3, ""],
      ["processed/raw", 3, "timestamps_before_edit"],
    ]);
  });
});

test("float64 becomes float32; what that changed is counted", async () => {
  const values = Float64Array.of(0.1, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  const { findings } = await exportToMemory(
    memoryStream([{ ...movie("image", "float64", 2), data: values }, times([0, 1])], { imageStack: {} }),
    profile,
  );
  expect(findings.losses).toEqual([
    {
      kind: LossKind.LOSS_KIND_CAST,
      field: "arrays.image",
      message: "float64 was converted to float32.",
      count: 1,
      maxError: Math.abs(Math.fround(0.1) - 0.1),
    },
  ]);
  expect(findings.digests?.map(({ array: name, dataType }) => [name, dataType])).toEqual([
    ["image", "float32"],
    ["timestamps", "float64"],
  ]);
});

test("the number of frames may be open until the end", async () => {
  const { bytes } = await exportToMemory(processed({ unknownLength: true }), profile);
  await withFile(bytes, (path) =>
    withHdf5(path, async (file) => expect((await file.dataset("processed/raw")).shape).toEqual([3, 2, 3])),
  );
});

test("the image may be a layer, too", async () => {
  const values = movie("image", "float64", 2);
  const stream = memoryStream([values, times([0, 1])], {
    imageStack: { layers: [{ name: "step_1_zero_mean", array: "image" }] },
  });
  const { bytes, findings, artifact } = await exportToMemory(stream, profile);
  expect(artifact).toMatchObject({ formatVersion: "HDF5 1.8, playNano bundle", encoding: { codec: "deflate" } });
  expect(findings.digests?.map(({ array }) => array)).toEqual(["image", "processed/step_1_zero_mean", "timestamps"]);
  await withFile(bytes, async (path) => {
    const read = await verify(findings.digests ?? [], await hdf5Loader.load(path, {}), "hdf5");
    expect(read).toEqual({ equal: true, loader: "hdf5", differences: [] });
  });
});

const refusals: readonly [string, () => DatasetStream, Record<string, unknown>][] = [
  ["IMAGE_MISSING", () => memoryStream([movie("image", "float32", 1), times([0])]), {}],
  [
    "PIXEL_SIZE_MISSING",
    () => memoryStream([{ ...movie("image", "float32", 1), axes: ["t", "y", "x"] }], { imageStack: {} }),
    {},
  ],
  [
    "PIXELS_NOT_SQUARE",
    () =>
      memoryStream([{ ...movie("image", "float32", 1), axes: ["t", { ...space("y"), scale: 1 }, space("x")] }], {
        imageStack: {},
      }),
    {},
  ],
  [
    "AXES_UNSUPPORTED",
    () => memoryStream([{ ...movie("image", "float32", 1), axes: ["z", space("y"), space("x")] }], { imageStack: {} }),
    {},
  ],
  [
    "VALUES_STORED_SCALED",
    () => memoryStream([{ ...movie("image", "float32", 1), spec: { valueScale: 2 } }, times([0])], { imageStack: {} }),
    {},
  ],
  [
    "LAYER_NAME_INVALID",
    () =>
      memoryStream([movie("image", "float32", 1), times([0])], {
        imageStack: { layers: [{ name: "a/b", array: "image" }] },
      }),
    {},
  ],
];

test.each(refusals)("refuses before the first byte: %s", async (reason, stream, options) => {
  const { problems = [] } = await hdf5.check(stream().header, { ...profile, ...options });
  expect(problems.filter(isError).map((problem) => problem.reason)).toEqual([reason]);
  expect(problems[0]?.remedy).not.toBe("");
});

test("two image stacks are too many", async () => {
  const { header } = processed();
  const { problems } = await hdf5.check(
    {
      ...header,
      dataset: { ...header.dataset, imageStacks: [...header.dataset.imageStacks, ...header.dataset.imageStacks] },
    },
    profile,
  );
  expect(problems?.map(({ reason }) => reason)).toEqual(["IMAGE_STACKS_TOO_MANY"]);
});

test("what a bundle has no place for is told", async () => {
  const other = {
    name: "other",
    dataType: "uint8" as const,
    shape: [2],
    data: asBytes(Uint8Array.of(1, 2)),
    axes: ["i"],
  };
  const { losses } = await hdf5.check(
    memoryStream([movie("image", "float32", 1), times([0]), other], { imageStack: {} }).header,
    profile,
  );
  expect(losses?.map(({ kind, field }) => [kind, field])).toEqual([[LossKind.LOSS_KIND_DROPPED, "arrays.other"]]);
});
