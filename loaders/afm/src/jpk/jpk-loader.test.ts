import { expect, test } from "@jest/globals";
import type { RawOptions } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import type { FieldOrigin } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import { movieValues } from "../testing/movie-values.ts";
import { sampleTest } from "../testing/sample.ts";
import { type JpkChannelFile, type JpkMeasurementFile, scalingAttributes, writeJpk } from "../testing/write-jpk.ts";
import { jpkLoader } from "./jpk-loader.ts";

const frames = [
  [1, 2, 3, 4, 5, 6],
  [10, 20, 30, 40, 50, 60],
  [-1, -2, -3, -4, -5, -6],
];
const topDown = [4, 5, 6, 1, 2, 3, 40, 50, 60, 10, 20, 30, -4, -5, -6, -1, -2, -3];

const height: JpkChannelFile = {
  name: "height",
  dataset: "Height",
  frames,
  attributes: scalingAttributes("net-encoder", 2e-9, 1e-7, "m"),
};
const measuredHeight: JpkChannelFile = { ...height, name: "measuredHeight", dataset: "MeasuredHeight" };
const phase: JpkChannelFile = {
  name: "phase",
  retrace: true,
  dataset: "Phase",
  frames,
  attributes: scalingAttributes("net-encoder", 0.5, 0, "deg"),
};
const start = 1_748_439_718_548n;
const perFrame = { "start-times": [start, start + 3_275n, start + 6_600n], "p-gain": [0.5, 0.25, 0.125] };

async function load(measurements: JpkMeasurementFile | readonly JpkMeasurementFile[], options: RawOptions = {}) {
  const bytes = await writeJpk("channels" in measurements ? [measurements] : measurements);
  return withFile(
    bytes,
    async (path) => {
      const stream = await jpkLoader.load(path, options);
      return { header: stream.header, ...(await movieValues(stream)) };
    },
    "movie.h5-jpk",
  );
}

function originOf(origins: readonly FieldOrigin[], field: string): FieldOrigin | undefined {
  return origins.find((candidate) => candidate.field === field);
}

test("turns rows upside down and metres into nanometres, rounding once", async () => {
  const { header, arrays, chunkShapes } = await load({ channels: [height], perFrame });
  expect(arrays["image"]).toEqual(topDown.map((raw) => Math.fround((raw * 2e-9 + 1e-7) * 1e9)));
  expect(chunkShapes).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(header.arrays[0]).toMatchObject({ dataType: "float32", unit: "nm" });
  expect(header.arrays[0]?.axes.map(({ name, size, scale }) => [name, size, scale])).toEqual([
    ["t", 3, undefined],
    ["y", 2, (3e-9 / 2) * 1e9],
    ["x", 3, (6e-9 / 3) * 1e9],
  ]);
  expect(header.dataset).toMatchObject({
    name: "movie",
    metadata: { experimenter: "somebody", jpk: { file: { "file-format-info": "JPK SCAN" } } },
    provenance: { source: "movie.h5-jpk" },
    imageStacks: [{ lineRateHz: 4, channels: [{ name: "height_trace" }], framesTable: "frames" }],
  });
});

test("uses the recorded start times, sent before the images", async () => {
  const { header, arrays, columns } = await load({ channels: [height], perFrame });
  expect(header.arrays[0]?.axes[0]).toMatchObject({ coordinatesArray: "timestamps", unit: "second" });
  expect(Object.keys(arrays)).toEqual(["timestamps", "image"]);
  expect(arrays["timestamps"]).toEqual([0, 3.275, 6.6]);
  expect(columns).toEqual({ p_gain: [0.5, 0.25, 0.125], start_times: perFrame["start-times"] });
  expect(header.dataset.sessionStartTime).toEqual(new Date(Number(start)));
});

test("falls back on the scan rate, and says so", async () => {
  const { header, columns } = await load({ channels: [height] });
  expect(header.arrays).toHaveLength(1);
  expect(header.tables).toEqual([]);
  expect(columns).toEqual({});
  expect(header.arrays[0]?.axes[0]).toMatchObject({ scale: 0.5, coordinatesArray: "" });
  expect(header.dataset.sessionStartTime).toEqual(new Date("2025-05-28T13:41:58.548Z"));
  expect(originOf(header.dataset.origins, "image.times")).toEqual({
    field: "image.times",
    origin: 3,
    detail: "/Measurement_000 @timing-settings.scanRate and 2 lines; start-times are not recorded",
  });
});

test("does not use start times that are not one for each frame", async () => {
  const short = { "start-times": [start, start + 1n] };
  const { header } = await load({ channels: [height], perFrame: short });
  expect(header.arrays[0]?.axes[0]?.scale).toBe(0.5);
  expect(originOf(header.dataset.origins, "tables.frames.start_times")?.detail).toBe(
    "/Measurement_000/meta-data/start-times of shape [2, 1] has no number for each of 3 frames",
  );
});

test("finds channels by name and direction in any case, and their datasets", async () => {
  const file = { channels: [height, measuredHeight, phase] };
  const measured = await load(file, { channel: "MEASUREDHEIGHT_TRACE" });
  expect(measured.header.dataset.imageStacks[0]?.channels[0]?.name).toBe("measuredHeight_trace");
  const phases = await load(file, { channel: "phase_retrace" });
  expect(phases.header.arrays[0]?.unit).toBe("deg");
  expect(phases.arrays["image"]).toEqual(topDown.map((raw) => raw / 2));
});

test("lists the channels and measurements of the file when asked for another", async () => {
  const file = { channels: [height, measuredHeight, phase] };
  expect(await problemOf(() => load(file, { channel: "phase_trace" }))).toMatchObject({
    reason: "CHANNEL_UNKNOWN",
    got: '"phase_trace"',
    allowed: ["height_trace", "measuredHeight_trace", "phase_retrace"],
  });
  expect(await problemOf(() => load(file, { measurement: "Measurement_007" }))).toMatchObject({
    reason: "MEASUREMENT_UNKNOWN",
    allowed: ["Measurement_000"],
  });
});

test("reads the measurement that is named", async () => {
  const second = { ...height, frames: [[7, 7, 7, 7, 7, 7]] };
  const { arrays } = await load([{ channels: [height] }, { channels: [second] }], { measurement: "measurement_001" });
  expect(arrays["image"]).toEqual(Array.from({ length: 6 }, () => Math.fround((7 * 2e-9 + 1e-7) * 1e9)));
});

test("gives raw numbers with the scale that makes nanometres of them", async () => {
  const { header, arrays } = await load({ channels: [height] }, { values: "raw" });
  expect(arrays["image"]).toEqual(topDown);
  expect(header.arrays[0]).toMatchObject({
    dataType: "int32",
    unit: "nm",
    valueScale: 2e-9 * 1e9,
    valueOffset: 1e-7 * 1e9,
  });
});

test("puts the scaling together of encoder and conversions where the file does not", async () => {
  const attributes = {
    ...scalingAttributes("encoder", 2, 1, "V"),
    ...scalingAttributes("conversion.nominal", 3, 10, "m"),
    ...scalingAttributes("conversion.calibrated", 0.5, 0, "m"),
    "conversion.nominal.base-calibration-slot": "volts",
    "conversion.calibrated.base-calibration-slot": "nominal",
    "conversions.base": "volts",
    "conversions.default": "calibrated",
  };
  const { header, arrays } = await load({ channels: [{ ...height, attributes }] });
  expect(arrays["image"]?.[0]).toBe(Math.fround(((4 * 2 + 1) * 3 + 10) * 0.5 * 1e9));
  expect(originOf(header.dataset.origins, "image.values")).toMatchObject({
    origin: 3,
    detail:
      "/Measurement_000/Channel_000 @encoder, then conversion.nominal, then conversion.calibrated in m; " +
      "rows turned upside down",
  });
});

test("splits frames above 1 MiB into rows without mixing them up", async () => {
  const [width, lines] = [1024, 300];
  const image = Array.from({ length: width * lines }, (_, index) => index);
  const attributes = { "position-pattern.grid.ilength": width, "position-pattern.grid.jlength": lines };
  const { arrays, chunkShapes } = await load(
    { attributes, channels: [{ ...height, frames: [image] }] },
    { values: "raw" },
  );
  expect(chunkShapes).toEqual([
    [1, 256, 1024],
    [1, 44, 1024],
  ]);
  const found = arrays["image"] ?? [];
  expect([0, 255, 256, 299].map((row) => found[row * width + 5])).toEqual(
    [0, 255, 256, 299].map((row) => (lines - 1 - row) * width + 5),
  );
});

test.each([
  ["position-pattern.grid.ilength", 4, "JPK_SHAPE_MISMATCH", "/Measurement_000/Channel_000/Height", "[6, 3]"],
  ["position-pattern.grid.jlength", 0, "JPK_ATTRIBUTE_INVALID", "/Measurement_000 @position-pattern.grid.jlength", "0"],
  [
    "position-pattern.grid.jlength",
    1.5,
    "JPK_ATTRIBUTE_INVALID",
    "/Measurement_000 @position-pattern.grid.jlength",
    "1.5",
  ],
])("refuses %s of %d", async (name, value, reason, field, got) => {
  expect(await problemOf(() => load({ attributes: { [name]: value }, channels: [height] }))).toMatchObject({
    reason,
    field,
    got,
  });
});

test.each([
  [{ "net-encoder.scaling.type": "logarithmic" }, "JPK_SCALING_UNSUPPORTED", "net-encoder.scaling"],
  [{ "net-encoder.scaling.unit.unit": "" }, "JPK_ATTRIBUTE_INVALID", "net-encoder.scaling.unit.unit"],
  [{ "net-encoder.scaling.offset": Number.NaN }, "JPK_ATTRIBUTE_INVALID", "net-encoder.scaling.offset"],
  [{ "net-encoder.scaling.multiplier": 0 }, "JPK_ATTRIBUTE_INVALID", "net-encoder.scaling.multiplier"],
])("refuses the scaling %j", async (attributes, reason, name) => {
  const channel = { ...height, attributes: { ...height.attributes, ...attributes } };
  expect(await problemOf(() => load({ channels: [channel] }))).toMatchObject({
    reason,
    field: `/Measurement_000/Channel_000 @${name}`,
  });
});

test("keeps numbers that JSON does not know as words", async () => {
  const { header } = await load({ attributes: { "tip-radius": Number.NaN }, channels: [height] });
  expect(header.dataset.metadata).toMatchObject({ jpk: { measurement: { "tip-radius": "NaN" } } });
});

test("leaves the line rate out where the instrument did not know it", async () => {
  const attributes = { "timing-settings.scanRate": Number.NaN };
  const { header } = await load({ attributes, channels: [height], perFrame });
  expect(header.dataset.imageStacks[0]?.lineRateHz).toBeUndefined();
  expect(header.arrays[0]?.axes[0]?.coordinatesArray).toBe("timestamps");
});

test("leaves the pixel size out where the grid is in no length", async () => {
  const { header } = await load({ attributes: { "position-pattern.grid.unit.unit": "V" }, channels: [height] });
  expect(header.arrays[0]?.axes.map(({ scale }) => scale)).toEqual([0.5, undefined, undefined]);
  expect(originOf(header.dataset.origins, "image.pixel_size.x")?.origin).toBe(5);
});

test("names a missing file without its folders, and a cut one with what is wrong", async () => {
  expect(await problemOf(() => jpkLoader.load("/nowhere/movie.h5-jpk", {}))).toMatchObject({
    reason: "SOURCE_MISSING",
    field: "movie.h5-jpk",
  });
  const bytes = await writeJpk([{ channels: [height] }]);
  const problem = await withFile(bytes.subarray(0, 900), (path) => problemOf(() => jpkLoader.load(path, {})));
  expect(problem).toMatchObject({ reason: "HDF5_READ_FAILED", field: "file:/" });
});

sampleTest("reads the real recording to the values of the reference", "sample_0.h5-jpk", async (path) => {
  const stream = await jpkLoader.load(path, {});
  const { arrays, columns } = await movieValues(stream);
  expect(stream.header.arrays[0]?.axes.map(({ size, scale }) => [size, scale])).toEqual([
    [4, undefined],
    [128, 1.171875],
    [128, 1.171875],
  ]);
  expect(arrays["timestamps"]).toEqual([0, 3.275, 6.55, 9.825]);
  expect(columns["end_times"]).toHaveLength(4);
  const image = arrays["image"] ?? [];
  expect(image.reduce((a, b) => Math.min(a, b))).toBe(Math.fround(722.5733720664174));
  expect(image.reduce((a, b) => Math.max(a, b))).toBe(Math.fround(752.1912427632607));
  const raw = await jpkLoader.load(path, { values: "raw" });
  const { valueScale = 0, valueOffset = 0 } = raw.header.arrays[0] ?? {};
  const levels = (await movieValues(raw)).arrays["image"] ?? [];
  const sum = levels.reduce((total, level) => total + (level * valueScale + valueOffset), 0);
  expect(Math.abs(sum / 48525583.047271535 - 1)).toBeLessThan(1e-12);
  expect(
    levels
      .map((level) => Math.abs(level * valueScale + valueOffset))
      .every((nm, i) => Math.abs(nm - (image[i] as number)) < 1e-4),
  ).toBe(true);
});
