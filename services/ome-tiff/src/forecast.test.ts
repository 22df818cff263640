import { expect, test } from "@jest/globals";
import { zstdAvailable } from "@sluice/codec";
import { memoryStream } from "@sluice/core/testing";
import { ArraySpec, DatasetSpec, LossKind, TableSpec } from "@sluice/proto";
import { omeTiff } from "./exporter.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

const image = { name: "image", dataType: "float32" as const, shape: [2, 4, 5], data: new Float32Array(40) };

function headerOf(array: Partial<typeof image> & { axes?: object[]; spec?: object }, stack: object | null = {}) {
  const whole = { ...image, ...array } as typeof image;
  return memoryStream([whole], stack ? { imageStack: stack } : {}).header;
}

async function reasons(header: ReturnType<typeof headerOf>, options = {}): Promise<string[]> {
  const { problems } = await omeTiff.check(header, options);
  return (problems ?? []).map(({ reason, field }) => `${reason} ${field}`);
}

test("an image that fits has no problems", async () => {
  expect(await omeTiff.check(headerOf({}), {})).toMatchObject({ problems: [], losses: [] });
});

test.each<[string, ReturnType<typeof headerOf>, object, string[]]>([
  ["no image stack", headerOf({}, null), {}, ["IMAGE_MISSING dataset.image_stacks"]],
  ["an array that is not there", headerOf({}), { image: "mask" }, ["ARRAY_MISSING options.image"]],
  [
    "axes that OME does not know",
    headerOf({ axes: [{ name: "roi" }, { name: "y" }, { name: "x" }] }, { channels: [] }),
    {},
    ["AXES_UNSUPPORTED arrays.image.axes"],
  ],
  [
    "a type that OME does not know",
    headerOf({ dataType: "int64" as never, data: new BigInt64Array(40) as never }),
    {},
    ["DATA_TYPE_UNSUPPORTED arrays.image.data_type"],
  ],
  ["a cast that would round", headerOf({}), { castTo: "int16" }, ["CAST_UNSUPPORTED options.castTo"]],
  [
    "sizes that are none",
    headerOf({
      axes: [
        { name: "t", scale: 0 },
        { name: "y", scale: -1 },
        { name: "x", scale: Number.NaN },
      ],
    }),
    {},
    [
      "AXIS_SCALE_INVALID arrays.image.axes.t.scale",
      "AXIS_SCALE_INVALID arrays.image.axes.y.scale",
      "AXIS_SCALE_INVALID arrays.image.axes.x.scale",
    ],
  ],
  ["tiles of another size", headerOf({}), { tileSize: 100 }, ["OPTION_INVALID options.tileSize"]],
  ["a pyramid of strips", headerOf({}), { tileSize: 0, pyramid: 2 }, ["PYRAMID_NEEDS_TILES options.pyramid"]],
  ["a level of nothing", headerOf({}), { compression: "none", level: 3 }, ["LEVEL_UNUSED options.level"]],
  [
    "several at once",
    headerOf({ dataType: "float16" as never, axes: [{ name: "t" }, { name: "x" }, { name: "y" }] }),
    { tileSize: 0, pyramid: true },
    [
      "AXES_UNSUPPORTED arrays.image.axes",
      "DATA_TYPE_UNSUPPORTED arrays.image.data_type",
      "PYRAMID_NEEDS_TILES options.pyramid",
    ],
  ],
])("refused before the first byte: %s", async (_, header, options, expected) => {
  expect(await reasons(header, options)).toEqual(expected);
});

test("every refusal tells what to do", async () => {
  const { problems } = await omeTiff.check(headerOf({ dataType: "uint64" as never }), {});
  expect(problems?.[0]).toMatchObject({ got: "uint64", remedy: expect.stringContaining("castTo") });
  expect(problems?.[0]?.allowed).toContain("uint32");
});

test("zstd is refused where Node lacks it", async () => {
  const expected = zstdAvailable ? [] : ["COMPRESSION_UNAVAILABLE options.compression"];
  expect(await reasons(headerOf({}), { compression: "zstd" })).toEqual(expected);
});

test("classic TIFF is refused when the pixels alone are too many", async () => {
  const large = ArraySpec.fromPartial({
    arrayId: 1,
    name: "image",
    dataType: "uint16",
    axes: [
      { name: "t", size: 10_000 },
      { name: "y", size: 512 },
      { name: "x", size: 512 },
    ],
  });
  const dataset = DatasetSpec.fromPartial({ imageStacks: [{ imageArray: "image" }] });
  const header = { dataset, arrays: [large], tables: [] };
  const options = { bigTiff: false, compression: "none" };
  expect(await reasons(header, options)).toEqual(["TIFF_TOO_LARGE options.bigTiff"]);
  expect(await reasons(header, { ...options, compression: "deflate" })).toEqual([]);
  expect(await reasons(header, { ...options, bigTiff: "auto" })).toEqual([]);
});

test("what TIFF cannot hold is a loss, each by its name", async () => {
  const stream = memoryStream(
    [
      image,
      { ...image, name: "layer" },
      { name: "mask", dataType: "bool", shape: [2, 4, 5], data: new Uint8Array(40) },
      { name: "unrelated", dataType: "int8", shape: [3], data: new Int8Array(3), axes: ["item"] },
    ],
    {
      imageStack: { layers: [{ name: "step_1", array: "layer" }], maskArrays: ["mask"] },
      tables: [{ spec: TableSpec.fromPartial({ tableId: 1, name: "frames" }), batches: [] }],
      dataset: { segmentations: [{ masksArray: "mask" }] as never, metadata: { gain: Number.NaN } },
    },
  );
  const { losses } = await omeTiff.check(stream.header, {});
  const dropped = ["arrays.layer", "arrays.mask", "arrays.unrelated", "tables.frames", "dataset.segmentations"];
  expect(losses?.map(({ field }) => field)).toEqual([...dropped, "dataset.metadata"]);
  expect(losses?.every(({ kind }) => kind === LossKind.LOSS_KIND_DROPPED)).toBe(true);
  const masked = await omeTiff.check(stream.header, { image: "mask" });
  expect(masked.losses?.slice(0, 2)).toMatchObject([
    { kind: LossKind.LOSS_KIND_SCALED, field: "arrays.mask" },
    { kind: LossKind.LOSS_KIND_DROPPED, field: "arrays.image" },
  ]);
  const { findings } = await exportToMemory(stream, {});
  expect(findings.losses).toEqual(losses);
});

test("units that are no lengths are warned of", async () => {
  const axes = [{ name: "t" }, { name: "y", scale: 1, unit: "pixel" }, { name: "x", scale: 1 }];
  expect(await reasons(headerOf({ axes }))).toEqual([
    "LENGTH_UNIT_UNKNOWN arrays.image.axes.y.unit",
    "LENGTH_UNIT_UNKNOWN arrays.image.axes.x.unit",
  ]);
});

test.each(["none", "deflate", "small"])("the estimate is above the size of the file (%s)", async (compression) => {
  const noise = Float32Array.from({ length: 3 * 64 * 64 }, (_, index) => Math.sin(index * index));
  const array = { ...image, shape: [3, 64, 64], data: noise };
  for (const options of [{ compression }, { compression, tileSize: 16, pyramid: true }]) {
    const stream = memoryStream([array], { imageStack: {} });
    const { artifactBytes, memoryBytes } = await omeTiff.check(stream.header, options);
    const { artifact } = await exportToMemory(stream, options);
    expect(artifactBytes).toBeGreaterThan(artifact.size);
    expect(memoryBytes).toBeGreaterThan(64 * 64 * 4);
  }
  const open = memoryStream([array], { imageStack: {}, unknownLength: true });
  expect((await omeTiff.check(open.header, { compression })).artifactBytes).toBeUndefined();
});
