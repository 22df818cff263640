import { expect, test } from "@jest/globals";
import { type MemoryArray, memoryStream, problemOf, testContext } from "@sluice/core/testing";
import { LossKind, Origin, type ProvenanceStep } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import fc from "fast-check";
import sharp from "sharp";
import { gif } from "./exporter.ts";
import { nanIndex, paletteOf } from "./palette.ts";
import { type DecodedGif, decodeGif } from "./testing/decode-gif.ts";
import { type Exported, exportToMemory } from "./testing/export-to-memory.ts";

const nanometers = { unit: "nanometer", scale: 2 };
const bare = { timestamp: "none", scaleBarNm: "none" };

function movieOf(frames: number, height: number, width: number, more: Partial<MemoryArray> = {}): MemoryArray {
  const length = frames * height * width;
  return {
    name: "image",
    dataType: "float32",
    shape: [frames, height, width],
    data: Float32Array.from({ length }, (_, index) => Math.sin(index) * 4 + 10),
    axes: [
      { name: "t", unit: "second", scale: 0.25 },
      { name: "y", ...nanometers },
      { name: "x", ...nanometers },
    ],
    spec: { unit: "nm" },
    ...more,
  };
}

function gifOf({ files }: Exported): DecodedGif {
  return decodeGif(files.get("movie.gif") as Uint8Array);
}

test("each value has its color, each frame its time", async () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, Number.NaN);
  const movie = movieOf(3, 2, 2, { data });
  const exported = await exportToMemory(memoryStream([movie], { imageStack: {} }), { ...bare, range: "global" });
  const { width, height, palette, repeats, frames } = gifOf(exported);
  expect({ width, height, repeats }).toEqual({ width: 2, height: 2, repeats: 0 });
  expect(palette).toEqual(paletteOf("afmhot", "#4fb3ff"));
  expect(frames.map(({ delay, disposal }) => `${delay} ${disposal}`)).toEqual(Array(3).fill("25 1"));
  expect(frames.flatMap(({ indices }) => [...indices])).toEqual([
    0,
    25,
    50,
    75,
    100,
    125,
    150,
    175,
    200,
    225,
    249,
    nanIndex,
  ]);
  expect(exported.artifacts).toMatchObject([
    { path: "movie.gif", mediaType: "image/gif", formatVersion: "GIF89a", encoding: { codec: "lzw", rawBytes: 12 } },
  ]);
  expect(exported.findings).toMatchObject({
    warnings: [],
    losses: [
      { kind: LossKind.LOSS_KIND_CAST, field: "arrays.image", count: 12, maxError: 0.04 },
      { kind: LossKind.LOSS_KIND_CAST, field: "arrays.image", count: 1 },
    ],
    origins: [{ field: "gif.delays", origin: Origin.ORIGIN_DERIVED }],
    gaps: [],
  });
});

test("ranges: percentiles by default, fixed, and of each frame by itself", async () => {
  const data = Float32Array.from({ length: 202 }, (_, index) => index % 101);
  const movie = movieOf(2, 1, 101, { data });
  const indicesOf = async (options: object) => {
    const exported = await exportToMemory(memoryStream([movie], { imageStack: {} }), { ...bare, ...options });
    return { exported, frames: gifOf(exported).frames.map(({ indices }) => [...indices]) };
  };
  const ramp = (low: number, high: number, value: number) =>
    Math.min(249, Math.max(0, Math.floor((value - low) * (250 / (high - low)))));
  const expected = (low: number, high: number) => Array.from({ length: 101 }, (_, value) => ramp(low, high, value));

  const usual = await indicesOf({});
  expect(usual.frames).toEqual([expected(1, 99), expected(1, 99)]);
  const clipped = usual.exported.findings.losses?.find(({ kind }) => kind === LossKind.LOSS_KIND_CLIPPED);
  expect(clipped).toMatchObject({ count: 4, message: expect.stringContaining("2 values below") });
  expect((await indicesOf({ lowPercentile: 10, highPercentile: 50 })).frames[0]).toEqual(expected(10, 50));
  expect((await indicesOf({ range: "fixed", zMin: -20, zMax: 60 })).frames[1]).toEqual(expected(-20, 60));

  const rising = movieOf(2, 1, 3, { data: Float32Array.of(0, 1, 2, 100, 150, 200) });
  const each = await exportToMemory(memoryStream([rising], { imageStack: {} }), { ...bare, range: "frame" });
  expect(gifOf(each).frames.map(({ indices }) => [...indices])).toEqual([
    [0, 125, 249],
    [0, 125, 249],
  ]);
});

test("recorded times that come after the frames; the times are told as a loss", async () => {
  const movie = movieOf(4, 4, 4, { axes: [{ name: "t", coordinatesArray: "when" }, "y", "x"] });
  const when: MemoryArray = {
    name: "when",
    dataType: "float64",
    shape: [4],
    data: Float64Array.of(0, 3.275, 6.55, 9.825),
    axes: ["t"],
    spec: { unit: "s" },
  };
  const exported = await exportToMemory(memoryStream([movie, when], { imageStack: {} }), { ...bare, range: "frame" });
  expect(gifOf(exported).frames.map(({ delay }) => delay)).toEqual([328, 327, 328, 327]);
  expect(exported.findings.losses).toContainEqual(
    expect.objectContaining({ kind: LossKind.LOSS_KIND_CAST, field: "arrays.when" }),
  );
});

test("any size, any chunks, any length: the frames are those of the formula", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        frames: fc.integer({ min: 1, max: 5 }),
        height: fc.integer({ min: 1, max: 40 }),
        width: fc.integer({ min: 1, max: 40 }),
        rows: fc.integer({ min: 1, max: 40 }),
        unknownLength: fc.boolean(),
        annotated: fc.boolean(),
        dataType: fc.constantFrom("uint8" as const, "float32" as const),
      }),
      async ({ frames, height, width, rows, unknownLength, annotated, dataType }) => {
        const length = frames * height * width;
        const values = Array.from({ length }, (_, index) => (index * 37) % 251);
        const data = dataType === "uint8" ? Uint8Array.from(values) : Float32Array.from(values);
        const movie = movieOf(frames, height, width, { dataType, data });
        const stream = memoryStream([movie], {
          imageStack: {},
          unknownLength,
          chunking: [1, Math.min(rows, height), width],
        });
        const range = { range: "fixed", zMin: 0, zMax: 250 };
        const exported = await exportToMemory(stream, annotated ? range : { ...range, ...bare });
        const decoded = gifOf(exported);
        expect(decoded.frames).toHaveLength(frames);
        const indices = decoded.frames.flatMap((frame) => [...frame.indices]);
        const expected = values.map((value) => Math.min(249, value));
        // Annotations are drawn over the frames, in colors of their own.
        expect(indices.map((index, place) => (index > nanIndex && annotated ? expected[place] : index))).toEqual(
          expected,
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("many frames each keep their own pixels", async () => {
  const frames = 60;
  const data = Uint8Array.from({ length: frames * 30 * 40 }, (_, index) => Math.floor(index / 1200) * 4 + (index % 3));
  const movie = movieOf(frames, 30, 40, { dataType: "uint8", data });
  for (const options of [{ range: "fixed", zMin: 0, zMax: 250 }, { range: "percentile" }]) {
    const exported = await exportToMemory(memoryStream([movie], { imageStack: {} }), { ...bare, ...options });
    const firsts = gifOf(exported).frames.map(({ indices }) => [...indices.subarray(0, 3)]);
    expect(new Set(firsts.map((first) => first.join())).size).toBeGreaterThan(55);
    if (options.range !== "fixed") continue;
    expect(firsts).toEqual(Array.from({ length: frames }, (_, frame) => [0, 1, 2].map((step) => 4 * frame + step)));
  }
});

test("the scale bar is as long as it says, and stands in its corner", async () => {
  const movie = movieOf(1, 60, 100);
  for (const scaleBarCorner of ["bottom-left", "bottom-right", "top-right"]) {
    const exported = await exportToMemory(memoryStream([movie], { imageStack: {} }), {
      timestamp: "none",
      scaleBarNm: 62,
      scaleBarCorner,
    });
    const [frame] = gifOf(exported).frames;
    const rows = Array.from({ length: 60 }, (_, row) => frame!.indices.subarray(100 * row, 100 * row + 100));
    const bar = rows
      .map((row) => [...row].map((index) => (index === 255 ? "#" : ".")).join(""))
      .filter((row) => row.includes("#".repeat(20)));
    const start = scaleBarCorner.endsWith("left") ? 3 : 66;
    expect(bar).toEqual(Array(2).fill(`${".".repeat(start)}${"#".repeat(31)}${".".repeat(69 - start)}`));
  }
});

test("what does not fit is left out with a warning", async () => {
  const exported = await exportToMemory(memoryStream([movieOf(1, 12, 12)], { imageStack: {} }), { textSize: 20 });
  expect(exported.findings.warnings?.map(({ reason, field }) => [reason, field])).toEqual([
    ["ANNOTATION_OMITTED", "options.timestamp"],
    ["ANNOTATION_OMITTED", "options.scaleBarNm"],
  ]);
});

test("without times and sizes nothing is claimed: frames are numbered, there is no bar, and warnings say so", async () => {
  const movie = movieOf(2, 64, 64, { axes: ["t", "y", "x"] });
  const { findings, files } = await exportToMemory(memoryStream([movie], { imageStack: {} }));
  expect(findings.warnings?.map(({ reason }) => reason)).toEqual(["PIXEL_SIZE_UNKNOWN", "FRAME_TIMES_UNKNOWN"]);
  expect(findings.origins).toMatchObject([{ origin: Origin.ORIGIN_DEFAULTED, detail: "0.1 s" }]);
  const { comment, frames } = decodeGif(files.get("movie.gif") as Uint8Array);
  expect(frames.map(({ delay }) => delay)).toEqual([10, 10]);
  expect(JSON.parse(comment)).toMatchObject({ timesKnown: false, software: "Sluice 0.1.0" });
  expect(JSON.parse(comment)).not.toHaveProperty("scaleBarNm");
});

test("the comment holds provenance and how values became colors; other contents are losses", async () => {
  const step = { name: "afm.remove_plane", software: "Sluice", softwareVersion: "0.1.0", parameters: { µ: 1 } };
  const mask: MemoryArray = { name: "masks/a", dataType: "bool", shape: [1, 4, 4], data: new Uint8Array(16).fill(1) };
  const stream = memoryStream([movieOf(1, 4, 4), mask], {
    imageStack: { maskArrays: ["masks/a"] },
    dataset: {
      provenance: {
        steps: [step as unknown as ProvenanceStep],
        source: "m.asd",
        acquiredTime: undefined,
        environment: {},
      },
      metadata: { user: "a" },
    },
    tables: [{ spec: { tableId: 1, name: "frames", columns: [], rows: 0, attributes: undefined }, batches: [] }],
  });
  const exported = await exportToMemory(stream, { range: "fixed", zMin: 1, zMax: 2, colorMap: "grey_r" });
  const comment = gifOf(exported).comment;
  expect(comment).toMatch(/^[ -~]*$/);
  expect(JSON.parse(comment)).toMatchObject({
    source: "m.asd",
    steps: [{ name: "afm.remove_plane", parameters: { µ: 1 } }],
    colorMap: "grey_r",
    range: [1, 2],
    pixelSizeNm: 2,
    unit: "nm",
  });
  const dropped = exported.findings.losses?.filter(({ kind }) => kind === LossKind.LOSS_KIND_DROPPED);
  expect(dropped?.map(({ field }) => field)).toEqual(["arrays.masks/a", "tables.frames", "dataset.metadata"]);
  const shown = await exportToMemory(stream, { ...bare, image: "masks/a" });
  expect(new Set(gifOf(shown).frames[0]?.indices)).toEqual(new Set([249]));
});

test("loops: for ever, once, and so many times", async () => {
  const repeats = async (loop: number) =>
    gifOf(await exportToMemory(memoryStream([movieOf(1, 2, 2)], { imageStack: {} }), { ...bare, loop })).repeats;
  expect([await repeats(0), await repeats(1), await repeats(3)]).toEqual([0, undefined, 2]);
});

test("resized movies: the bar grows with them", async () => {
  const exported = await exportToMemory(memoryStream([movieOf(2, 30, 50)], { imageStack: {} }), { height: 120 });
  const { width, height, frames, comment } = gifOf(exported);
  expect([width, height, frames.length]).toEqual([200, 120, 2]);
  expect(JSON.parse(comment)).toMatchObject({ pixelSizeNm: 0.5 });
  expect(exported.findings.losses).toContainEqual(
    expect.objectContaining({ kind: LossKind.LOSS_KIND_SCALED, message: expect.stringContaining("200 x 120") }),
  );
});

test("WebP: the same colors, times to a millisecond", async () => {
  const stream = memoryStream([movieOf(3, 9, 7)], { imageStack: {} });
  const reference = gifOf(await exportToMemory(stream));
  const { files, artifacts } = await exportToMemory(stream, { container: "webp", loop: 4 });
  const file = Buffer.from(files.get("movie.webp") as Uint8Array);
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  const metadata = await sharp(file, { animated: true }).metadata();
  expect(metadata).toMatchObject({
    format: "webp",
    width: 7,
    pages: 3,
    pageHeight: 9,
    delay: [250, 250, 250],
    loop: 4,
  });
  const pixels = await sharp(file, { animated: true }).removeAlpha().raw().toBuffer();
  const colors = reference.frames.flatMap(({ indices }) =>
    [...indices].flatMap((index) => [...reference.palette.subarray(3 * index, 3 * index + 3)]),
  );
  expect([...pixels]).toEqual(colors);
  expect(artifacts).toMatchObject([{ mediaType: "image/webp", encoding: { codec: "vp8l" } }]);
});

test("PNG: a file for each frame", async () => {
  const stream = memoryStream([movieOf(3, 9, 7)], { imageStack: {} });
  const reference = gifOf(await exportToMemory(stream));
  const { files } = await exportToMemory(stream, { container: "png" });
  expect([...files.keys()]).toEqual(["movie/movie_0001.png", "movie/movie_0002.png", "movie/movie_0003.png"]);
  for (const [index, file] of [...files.values()].entries()) {
    const pixels = await sharp(file).removeAlpha().raw().toBuffer();
    const indices = reference.frames[index]?.indices as Uint8Array;
    expect([...pixels]).toEqual(
      [...indices].flatMap((place) => [...reference.palette.subarray(3 * place, 3 * place + 3)]),
    );
  }
});

test("one frame without a t axis, and further axes of length 1", async () => {
  const flat: MemoryArray = {
    name: "image",
    dataType: "uint8",
    shape: [2, 3],
    data: Uint8Array.of(0, 1, 2, 3, 4, 5),
    axes: ["y", "x"],
  };
  const single = gifOf(await exportToMemory(memoryStream([flat], { imageStack: {} }), { ...bare, range: "global" }));
  expect(single.frames.map(({ indices }) => [...indices])).toEqual([[0, 50, 100, 150, 200, 249]]);
  const channel = { ...flat, shape: [2, 1, 1, 3], axes: ["t", "c", "y", "x"] };
  expect(gifOf(await exportToMemory(memoryStream([channel], { imageStack: {} }), bare)).frames).toHaveLength(2);
});

test("constant and empty values are told", async () => {
  const reasons = async (data: Float32Array) => {
    const { findings } = await exportToMemory(memoryStream([movieOf(1, 2, 2, { data })], { imageStack: {} }), bare);
    const warnings = findings.warnings?.map(({ reason, message }) => [reason, message]);
    return [...(warnings ?? []), findings.losses?.[0]?.message];
  };
  expect(await reasons(new Float32Array(4))).toEqual([
    ["VALUES_ALIKE", "All finite values are alike; they get one color."],
    "Values become 250 colors of afmhot, 0 to 0 nm.",
  ]);
  expect(await reasons(new Float32Array(4).fill(Number.NaN))).toEqual([
    ["VALUES_ALIKE", "There is no finite value to show."],
    "Values become 250 colors of afmhot.",
  ]);
});

test("no frame, no file; a cut stream and an abort end the export", async () => {
  const none = memoryStream([movieOf(0, 2, 2)], { imageStack: {}, unknownLength: true });
  expect(await problemOf(() => exportToMemory(none))).toMatchObject({ reason: "IMAGE_EMPTY", field: "arrays.image" });
  const cut = memoryStream([movieOf(2, 4, 4)], { imageStack: {}, chunking: [1, 2, 4] });
  async function* half() {
    let count = 0;
    for await (const frame of cut.frames) {
      if (count++ === 3) throw new Error("cut");
      yield frame;
    }
  }
  for (const range of ["global", "frame"]) {
    await expect(exportToMemory({ ...cut, frames: half() }, { range })).rejects.toThrow("cut");
  }
  const signal = AbortSignal.abort(new Error("stop"));
  for (const range of ["global", "frame"]) {
    const stream = memoryStream([movieOf(2, 4, 4)], { imageStack: {} });
    await expect(gif.export(stream, { range }, memorySink(), testContext("movie", { signal }))).rejects.toThrow("stop");
  }
});
