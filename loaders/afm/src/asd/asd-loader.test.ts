import { expect, test } from "@jest/globals";
import { describeProblem, type RawOptions } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import type { FieldOrigin } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import { movieValues } from "../testing/movie-values.ts";
import { sampleTest } from "../testing/sample.ts";
import { type AsdFile, writeAsd } from "../testing/write-asd.ts";
import { asdLoader } from "./asd-loader.ts";

const twoFrames = [
  [0, 1, 2, 3, 4, 4095],
  [10, 20, 30, 40, 50, 60],
];

function load(file: AsdFile | Uint8Array, options: RawOptions = {}) {
  const bytes = file instanceof Uint8Array ? file : writeAsd(file);
  return withFile(
    bytes,
    async (path) => {
      const stream = await asdLoader.load(path, options);
      return { header: stream.header, ...(await movieValues(stream)) };
    },
    "movie.asd",
  );
}

function detailOf(origins: readonly FieldOrigin[], field: string): string | undefined {
  return origins.find((origin) => origin.field === field)?.detail;
}

test.each([0, 1, 2] as const)("reads version %d: values, axes, table and text", async (version) => {
  const comment = Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]).toString("latin1");
  const file: AsdFile = { version, fields: { user_name: "Ando", comment }, channels: [twoFrames] };
  const { header, arrays, columns, chunkShapes, ends } = await load(file);
  const scale = (-1 / 4096) * 2 * 4;
  expect(arrays["image"]).toEqual(twoFrames.flat().map((level) => Math.fround(level * scale)));
  expect(chunkShapes).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(ends).toEqual([]);
  expect(header.arrays[0]?.axes.map(({ name, size, scale: step, unit }) => [name, size, step, unit])).toEqual([
    ["t", 2, 0.5, "second"],
    ["y", 2, 1.5, "nanometer"],
    ["x", 3, 2, "nanometer"],
  ]);
  expect(header.arrays[0]).toMatchObject({ dataType: "float32", unit: "nm", chunkShape: [1, 2, 3] });
  expect(header.dataset).toMatchObject({
    name: "movie",
    metadata: { experimenter: "Ando", notes: "テスト", asd: { user_name: "Ando", comment: "テスト", year: 2020 } },
    provenance: { source: "movie.asd" },
    sessionStartTime: new Date("2020-02-29T23:05:07Z"),
    imageStacks: [{ lineRateHz: 4, channels: [{ name: "TP" }], framesTable: "frames" }],
  });
  expect(columns).toEqual({
    number: [1, 2],
    max: [4095, 60],
    min: [0, 10],
    x_offset: [0, 0],
    y_offset: [0, 0],
    x_tilt: [0.5, 0.5],
    y_tilt: [0, 0],
    stimulated: [0, 0],
  });
});

test("says for each field at which byte it was read", async () => {
  const { header } = await load({ version: 1, channels: [twoFrames] });
  const { origins } = header.dataset;
  expect(detailOf(origins, "image.pixel_size.x")).toBe("x_nm @ byte 56, x_pixels @ byte 48");
  expect(detailOf(origins, "image.values")).toBe(
    "adc_range @ byte 133, z_piezo_gain @ byte 161, z_piezo_extension @ byte 157",
  );
  expect(detailOf(origins, "session_start_time")).toBe(
    "2020-02-29T23:05:07 at bytes 69 to 89; the file names no time zone, UTC assumed",
  );
  expect(detailOf(origins, "metadata.asd.user_name")).toBe("user_name @ byte 165 (shift_jis, code page 932)");
});

test("takes the time zone from the caller", async () => {
  const { header } = await load({ version: 1, channels: [twoFrames] }, { utcOffset: "+09:00" });
  expect(header.dataset.sessionStartTime).toEqual(new Date("2020-02-29T14:05:07Z"));
});

test("leaves out what the file does not tell", async () => {
  const { header } = await load({ version: 1, fields: { month: 13, frame_time: 0, x_nm: 0 }, channels: [twoFrames] });
  expect(header.dataset.sessionStartTime).toBeUndefined();
  expect(header.dataset.imageStacks[0]?.lineRateHz).toBeUndefined();
  expect(header.arrays[0]?.axes.map(({ scale }) => scale)).toEqual([undefined, 1.5, undefined]);
  expect(detailOf(header.dataset.origins, "image.times")).toBe("frame_time @ byte 101 is 0");
});

test("gives raw levels with the scale that makes heights of them", async () => {
  const file: AsdFile = { version: 1, fields: { adc_range: 0x4_0000 }, channels: [twoFrames] };
  const { header, arrays } = await load(file, { values: "raw" });
  expect(arrays["image"]).toEqual(twoFrames.flat());
  const [image] = header.arrays;
  expect(image).toMatchObject({ dataType: "int16", unit: "nm", valueScale: (-10 / 4096) * 8, valueOffset: 40 });
  const heights = (await load(file)).arrays["image"];
  expect(heights).toEqual(
    twoFrames.flat().map((level) => Math.fround(level * (image?.valueScale ?? 0) + (image?.valueOffset ?? 0))),
  );
});

test("reads the second channel behind all frames of the first", async () => {
  const file: AsdFile = {
    version: 1,
    fields: { channel2: "PH" },
    channels: [
      twoFrames,
      [
        [6, 5, 4, 3, 2, 1],
        [1, 1, 1, 1, 1, 1],
      ],
    ],
  };
  const { header, arrays } = await load(file, { channel: "ph" });
  expect(header.arrays[0]?.unit).toBe("deg");
  expect(header.dataset.imageStacks[0]?.channels[0]?.name).toBe("PH");
  const scale = (-1 / 4096) * -5;
  expect(arrays["image"]?.slice(0, 6)).toEqual([6, 5, 4, 3, 2, 1].map((level) => Math.fround(level * scale)));
});

test("lists the channels of the file when asked for another", async () => {
  const file: AsdFile = { version: 1, fields: { channel2: "ER" }, channels: [twoFrames, twoFrames] };
  const problem = await problemOf(() => load(file, { channel: "height_trace" }));
  expect(problem).toMatchObject({ reason: "CHANNEL_UNKNOWN", got: '"height_trace"', allowed: ["TP", "ER"] });
});

test("refuses an option that it does not know", async () => {
  expect(await problemOf(() => load({ version: 1, channels: [twoFrames] }, { chanel: "TP" }))).toMatchObject({
    reason: "OPTION_UNKNOWN",
    field: "options.chanel",
  });
});

test("splits frames above 1 MiB into rows", async () => {
  const width = 1024;
  const height = 300;
  const levels = Array.from({ length: width * height }, (_, index) => index % 4096);
  const file: AsdFile = { version: 1, fields: { x_pixels: width, y_pixels: height }, channels: [[levels]] };
  const { arrays, chunkShapes, columns } = await load(file, {});
  expect(chunkShapes).toEqual([
    [1, 256, 1024],
    [1, 44, 1024],
  ]);
  expect(columns["number"]).toEqual([1]);
  expect(arrays["image"]?.[300_000]).toBe(Math.fround((levels[300_000] as number) * (-8 / 4096)));
});

test("sends the frames table in batches", async () => {
  const frames = Array.from({ length: 600 }, () => [1, 2, 3, 4, 5, 6]);
  const { columns, header } = await load({ version: 0, channels: [frames] });
  expect(header.tables[0]?.rows).toBe(600);
  expect(columns["number"]).toEqual(frames.map((_, index) => index + 1));
});

test("refuses a file that was cut, and says where and how much is there", async () => {
  const whole = writeAsd({ version: 1, channels: [[...twoFrames, ...twoFrames]] });
  const problem = await problemOf(() => load(whole.subarray(0, 165 + 2 * 44 + 40)));
  expect(describeProblem(problem)).toBe(
    "ASD_TRUNCATED (frame 2 @ byte 253): The header announces 4 frames, but the file ends at byte 293: 2 frames are " +
      "whole, frame 2 at byte 253 is not. Got 128 bytes of frames. Allowed: 176 bytes of frames. Take another copy " +
      "of the file, or set partial to export the 2 whole frames.",
  );
});

test("exports a channel that is whole although the one behind it was cut", async () => {
  const whole = writeAsd({ version: 1, fields: { channel2: "ER" }, channels: [twoFrames, twoFrames] });
  const cut = whole.subarray(0, -1);
  const { arrays, ends, header } = await load(cut);
  expect([arrays["image"]?.length, ends]).toEqual([12, []]);
  expect(header.dataset.records).toMatchObject({
    asd_file: { announced_bytes: whole.length, file_bytes: cut.length, whole_frames: 2 },
  });
  expect((await problemOf(() => load(cut, { channel: "ER" }))).reason).toBe("ASD_TRUNCATED");
});

test("exports the whole frames of a cut file when asked to, and ends early", async () => {
  const whole = writeAsd({ version: 1, channels: [[...twoFrames, ...twoFrames]] });
  const { header, arrays, ends, columns } = await load(whole.subarray(0, 165 + 2 * 44 + 40), { partial: true });
  expect(header.arrays[0]?.axes[0]?.size).toBe(4);
  expect(arrays["image"]).toHaveLength(12);
  expect(ends).toEqual([[2, 2, 3]]);
  expect(header.tables[0]?.rows).toBe(2);
  expect(columns["number"]).toEqual([1, 2]);
});

test("finds the file cut while it is read", async () => {
  const bytes = writeAsd({ version: 1, channels: [twoFrames] });
  const problem = await withFile(bytes, async (path) => {
    const { truncate } = await import("node:fs/promises");
    const stream = await asdLoader.load(path, {});
    await truncate(path, bytes.length - 1);
    return problemOf(() => movieValues(stream));
  });
  expect(problem).toMatchObject({ reason: "ASD_TRUNCATED", field: "frame 1 @ byte 241", got: "11 bytes" });
});

test("stops when aborted", async () => {
  const bytes = writeAsd({ version: 1, channels: [twoFrames] });
  const aborted = AbortSignal.abort(new Error("stop"));
  await withFile(bytes, async (path) => {
    const stream = await asdLoader.load(path, {}, aborted);
    await expect(movieValues(stream)).rejects.toThrow("stop");
  });
});

test("names a missing file without its folders", async () => {
  const problem = await problemOf(() => asdLoader.load("/nowhere/at/all/movie.asd", {}));
  expect(problem).toMatchObject({ reason: "SOURCE_MISSING", field: "movie.asd", got: "ENOENT" });
});

sampleTest("reads the real recording to the values of the reference", "asd_sample_0.asd", async (path) => {
  const stream = await asdLoader.load(path, {});
  const { arrays, columns } = await movieValues(stream);
  const image = arrays["image"] ?? [];
  expect(image).toHaveLength(32 * 200 * 200);
  const sum = image.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum / -251179816.91781396 - 1)).toBeLessThan(1e-8);
  expect(image.reduce((a, b) => Math.min(a, b))).toBe(Math.fround(-249.28953334337567));
  expect(image.reduce((a, b) => Math.max(a, b))).toBe(-0);
  expect(stream.header.arrays[0]?.axes.map(({ size, scale }) => [size, scale])).toEqual([
    [32, 1],
    [200, 0.5],
    [200, 0.5],
  ]);
  expect(columns["number"]).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  expect(stream.header.dataset).toMatchObject({
    metadata: { experimenter: "Anonymous", asd: { z_piezo_gain: 2, num_frames: 32 } },
    sessionStartTime: new Date("2017-11-21T13:12:39Z"),
  });
});
