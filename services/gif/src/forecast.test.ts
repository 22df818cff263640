import { expect, test } from "@jest/globals";
import type { RawOptions } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { LossKind } from "@sluice/proto";
import { gif } from "./exporter.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

const image: MemoryArray = {
  name: "image",
  dataType: "float32",
  shape: [3, 32, 48],
  data: Float32Array.from({ length: 3 * 32 * 48 }, (_, index) => Math.sin(index * index)),
  axes: [
    { name: "t", unit: "second", scale: 1 },
    { name: "y", unit: "nanometer", scale: 1 },
    { name: "x", unit: "nanometer", scale: 1 },
  ],
};

async function problemsOf(options: RawOptions, array: MemoryArray = image) {
  const { problems } = await gif.check(memoryStream([array], { imageStack: {} }).header, options);
  return problems?.map(({ reason, field }) => `${reason} ${field}`);
}

test("the estimates hold, for every container", async () => {
  for (const container of ["gif", "webp", "png"]) {
    const stream = memoryStream([image], { imageStack: {} });
    const { artifactBytes, memoryBytes, losses } = await gif.check(stream.header, { container });
    const { artifacts } = await exportToMemory(stream, { container });
    expect(artifactBytes).toBeGreaterThan(artifacts.reduce((sum, { size }) => sum + size, 0));
    expect(memoryBytes).toBeGreaterThan(2 ** 20);
    expect(losses).toMatchObject([{ kind: LossKind.LOSS_KIND_CAST, field: "arrays.image" }]);
  }
  const open = memoryStream([image], { imageStack: {}, unknownLength: true });
  expect((await gif.check(open.header, {})).artifactBytes).toBeUndefined();
});

test("options that contradict each other, or have no effect", async () => {
  expect(await problemsOf({ range: "fixed" })).toEqual(["RANGE_INCOMPLETE options.zMin"]);
  expect(await problemsOf({ range: "fixed", zMin: 1, zMax: 1 })).toEqual(["RANGE_EMPTY options.zMax"]);
  expect(await problemsOf({ lowPercentile: 99.5 })).toEqual(["RANGE_EMPTY options.highPercentile"]);
  expect(await problemsOf({ zMin: 1 })).toEqual(["OPTION_NOT_APPLICABLE options.zMin"]);
  expect(await problemsOf({ range: "frame", lowPercentile: 2 })).toEqual([
    "OPTION_NOT_APPLICABLE options.lowPercentile",
  ]);
  expect(await problemsOf({ scale: 2, height: 64 })).toEqual(["OPTION_NOT_APPLICABLE options.height"]);
  expect(await problemsOf({ container: "png", loop: 2, speed: 3 })).toEqual([
    "OPTION_NOT_APPLICABLE options.loop",
    "OPTION_NOT_APPLICABLE options.speed",
  ]);
  const mask: MemoryArray = { ...image, dataType: "bool", data: new Uint8Array(3 * 32 * 48) };
  expect(await problemsOf({ lowPercentile: 2 }, mask)).toEqual(["OPTION_NOT_APPLICABLE options.lowPercentile"]);
  expect(await problemsOf({ timestampCorner: "bottom-left" })).toEqual(["CORNER_TAKEN options.scaleBarCorner"]);
  expect(await problemsOf({ timestampCorner: "bottom-left", scaleBarNm: "none" })).toEqual([]);
});

test("options that are none", async () => {
  const invalid: RawOptions[] = [
    { colorMap: "jet2" },
    { nanColor: "red" },
    { timestamp: "{seconds}" },
    { timestamp: "時間" },
    { scaleBarNm: 0 },
    { scaleBarNm: "long" },
    { speed: 0 },
    { height: 1.5 },
    { loop: -1 },
    { intervalSeconds: Number.POSITIVE_INFINITY },
    { lowPercentile: 101 },
    { textSize: 2 },
  ];
  for (const options of invalid) {
    expect(await problemsOf(options)).toEqual([`OPTION_INVALID options.${Object.keys(options)[0]}`]);
  }
  expect(await problemsOf({ cmap: "afmhot" })).toEqual(["OPTION_UNKNOWN options.cmap"]);
});

test("images that are no movies", async () => {
  const complex: MemoryArray = { ...image, dataType: "complex64", data: new Float32Array(2 * 3 * 32 * 48) };
  expect(await problemsOf({}, complex)).toEqual(["DATA_TYPE_UNSUPPORTED arrays.image.data_type"]);
  expect(await problemsOf({}, { ...image, axes: ["t", "x", "y"] })).toEqual(["AXES_UNSUPPORTED arrays.image.axes"]);
  const channels = { ...image, shape: [3, 2, 16, 48], axes: ["t", "c", "y", "x"] };
  expect(await problemsOf({}, channels)).toEqual(["AXES_UNSUPPORTED arrays.image.axes"]);
  expect(await problemsOf({ image: "other" })).toEqual(["ARRAY_MISSING options.image"]);
  expect(await problemsOf({ scale: 64, container: "webp" }, { ...image, shape: [3, 16, 96 * 3] })).toEqual([
    "FRAME_TOO_LARGE options.scale",
  ]);
  const { header } = memoryStream([image]);
  expect((await gif.check(header, {})).problems).toMatchObject([
    { reason: "IMAGE_MISSING", remedy: "Set image to one of image." },
  ]);
});

test("scale bars and times that cannot be", async () => {
  expect(await problemsOf({ scaleBarNm: 49 })).toEqual(["SCALE_BAR_TOO_LONG options.scaleBarNm"]);
  expect(await problemsOf({ scaleBarNm: 48 })).toEqual([]);
  const unsized = { ...image, axes: [{ name: "t", unit: "second", scale: 1 }, "y", "x"] };
  expect(await problemsOf({ scaleBarNm: 5 }, unsized)).toEqual(["PIXEL_SIZE_UNKNOWN arrays.image.axes.x.scale"]);
  expect(await problemsOf({}, unsized)).toEqual(["PIXEL_SIZE_UNKNOWN arrays.image.axes.x.scale"]);
  expect(await problemsOf({ scaleBarNm: "none" }, unsized)).toEqual([]);
  const untimed = { ...image, axes: ["t", image.axes![1]!, image.axes![2]!] };
  expect(await problemsOf({}, untimed)).toEqual(["FRAME_TIMES_UNKNOWN arrays.image.axes"]);
  const flat = { ...image, axes: [image.axes![0]!, { name: "y", unit: "nanometer", scale: 3 }, image.axes![2]!] };
  expect(await problemsOf({}, flat)).toEqual(["PIXELS_NOT_SQUARE arrays.image.axes.y.scale"]);
});
