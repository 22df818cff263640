import { expect, test } from "@jest/globals";
import { asBytes, type DatasetStream } from "@sluice/core";
import { type MemoryArray, memoryStream, testContext } from "@sluice/core/testing";
import { LossKind, Origin } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { omeTiff } from "./exporter.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { attributes, openTiff, pixelsOf, xmlOf } from "./testing/tiff-facts.ts";

const nanometers = { unit: "nanometer", scale: 0.5 };

const movie: MemoryArray = {
  name: "image",
  dataType: "float32",
  shape: [3, 4, 5],
  data: Float32Array.from({ length: 60 }, (_, index) => index / 8),
  axes: [
    { name: "t", unit: "second", scale: 0.25 },
    { name: "y", ...nanometers },
    { name: "x", ...nanometers },
  ],
};

test("a movie: a page for each frame, sizes, times and how they came to be known", async () => {
  const { bytes, artifact, findings } = await exportToMemory(memoryStream([movie], { imageStack: {} }));
  const tiff = await openTiff(bytes);
  expect(await tiff.getImageCount()).toBe(3);
  const values = Array.from(movie.data as Float32Array);
  for (let page = 0; page < 3; page++) {
    expect(await pixelsOf(await tiff.getImage(page))).toEqual(values.slice(page * 20, page * 20 + 20));
  }
  const xml = await xmlOf(bytes);
  expect(attributes(xml, "PhysicalSizeX")).toEqual(["0.0005"]);
  expect(attributes(xml, "PhysicalSizeXUnit")).toEqual(["\u00b5m"]);
  expect(attributes(xml, "PhysicalSizeZ")).toEqual([]);
  expect(attributes(xml, "DeltaT")).toEqual(["0", "0.25", "0.5"]);
  expect(attributes(xml, "TimeIncrement")).toEqual(["0.25"]);
  expect(artifact).toMatchObject({
    path: "stack.ome.tif",
    mediaType: "image/tiff",
    formatVersion: "OME-TIFF 2016-06, classic TIFF",
    encoding: { codec: "deflate", rawBytes: 240 },
  });
  const origins = new Map(findings.origins?.map(({ field, origin }) => [field, origin]));
  expect(origins.get("ome.Pixels.PhysicalSizeX")).toBe(Origin.ORIGIN_DERIVED);
  expect(origins.get("ome.Pixels.PhysicalSizeZ")).toBe(Origin.ORIGIN_ABSENT);
  expect(origins.get("ome.Plane.DeltaT")).toBe(Origin.ORIGIN_DERIVED);
  expect(origins.get("ome.AcquisitionDate")).toBe(Origin.ORIGIN_ABSENT);
});

test("the tags of a page", async () => {
  const { bytes } = await exportToMemory(memoryStream([movie], { imageStack: {} }));
  const tiff = await openTiff(bytes);
  const [first, last] = [await tiff.getImage(0), await tiff.getImage(2)].map((image) => image.fileDirectory);
  const tags = async (directory: typeof first, names: string[]) =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await directory!.loadValue(name as "Software")] as const)),
    );
  const common = ["NewSubfileType", "Compression", "PhotometricInterpretation", "SampleFormat", "ResolutionUnit"];
  for (const directory of [first, last]) {
    expect(await tags(directory, common)).toEqual({
      NewSubfileType: 0,
      Compression: 8,
      PhotometricInterpretation: 1,
      SampleFormat: Uint16Array.of(3),
      ResolutionUnit: 3,
    });
    expect(await tags(directory, ["XResolution"])).toEqual({ XResolution: Uint32Array.of(20_000_000, 1) });
    expect(directory!.hasTag("Predictor")).toBe(false);
  }
  expect(await tags(first, ["Software", "DateTime"])).toEqual({
    Software: "Sluice 0.1.0\0",
    DateTime: "2026:01:02 03:04:05\0",
  });
  expect(last!.hasTag("ImageDescription")).toBe(false);
});

test("the same file comes of the same stream, however it was cut into chunks", async () => {
  const image: MemoryArray = {
    name: "image",
    dataType: "uint16",
    shape: [2, 3, 6, 7],
    data: Uint16Array.from({ length: 252 }, (_, index) => index * 7),
    axes: ["t", "z", "y", "x"],
  };
  const files = [
    [2, 3, 6, 7],
    [1, 1, 6, 7],
    [1, 2, 4, 3],
    [1, 3, 1, 1],
  ].map(async (chunking) => {
    const { bytes } = await exportToMemory(memoryStream([image], { imageStack: {}, chunking: { image: chunking } }));
    return Buffer.from(bytes).toString("hex");
  });
  expect(new Set(await Promise.all(files)).size).toBe(1);
});

test("recorded times are written to the last bit; a time that is none is left out with a warning", async () => {
  const times = Float64Array.of(0, 3275, Number.NaN);
  const stream = memoryStream(
    [
      { ...movie, axes: [{ name: "t", coordinatesArray: "when" }, "y", "x"] },
      { name: "when", dataType: "float64", shape: [3], data: times, axes: ["t"], spec: { unit: "ms" } },
    ],
    { imageStack: {} },
  );
  const { bytes, findings } = await exportToMemory(stream);
  const xml = await xmlOf(bytes);
  expect(attributes(xml, "DeltaT")).toEqual(["0", "3.275"]);
  expect(attributes(xml, "TheT")).toEqual(["0", "1"]);
  expect(attributes(xml, "TimeIncrement")).toEqual([]);
  expect(findings.warnings).toMatchObject([{ reason: "FRAME_TIME_MISSING", field: "arrays.when" }]);
  expect(findings.digests?.map(({ array }) => array)).toEqual(["image", "when"]);
});

test("channels: names, colors, wavelengths; labels of the axis where the stack names none", async () => {
  const image: MemoryArray = {
    ...movie,
    shape: [1, 3, 4, 5],
    axes: ["t", { name: "c", labels: ["a", "b", "c"] }, "y", "x"],
  };
  const channels = [
    { name: "GCaMP", emissionNm: 510.5, excitationNm: 920, color: 0xff0000ff },
    { name: "" },
    { name: "" },
  ];
  const stack = { imageStack: { channels, modality: "two-photon" } };
  const { bytes } = await exportToMemory(memoryStream([image], stack));
  const xml = await xmlOf(bytes);
  const names = attributes(xml, "Name").slice(1);
  expect(names).toEqual(["GCaMP", "b", "c"]);
  expect(attributes(xml, "Color")).toEqual([String(0xff0000ff - 2 ** 32)]);
  expect(attributes(xml, "EmissionWavelength")).toEqual(["510.5"]);
  expect(attributes(xml, "AcquisitionMode")).toEqual(Array(3).fill("MultiPhotonMicroscopy"));
});

test("64-bit integers by a cast: values, losses and the digest of what is in the file", async () => {
  const data = BigInt64Array.from({ length: 60 }, (_, index) => BigInt(index) * 2n ** 26n + 1n);
  const stream = memoryStream([{ ...movie, dataType: "int64", data }], { imageStack: {} });
  const { bytes, findings } = await exportToMemory(stream, { castTo: "float32" });
  const written = Float32Array.from(data, Number);
  expect(await pixelsOf(await (await openTiff(bytes)).getImage(0))).toEqual(Array.from(written.subarray(0, 20)));
  expect(findings.losses).toEqual([
    {
      kind: LossKind.LOSS_KIND_CAST,
      field: "arrays.image",
      message: "int64 was converted to float32.",
      count: 59,
      maxError: 1,
    },
  ]);
  const same = await exportToMemory(memoryStream([{ ...movie, data: written }], { imageStack: {} }));
  expect(findings.digests).toEqual(same.findings.digests);
});

test("a mask of the stack can be the image: 0 and 255 in the file", async () => {
  const mask = Uint8Array.from({ length: 60 }, (_, index) => index % 2);
  const stream = memoryStream([movie, { ...movie, name: "mask", dataType: "bool", data: mask }], {
    imageStack: { maskArrays: ["mask"] },
  });
  const { bytes } = await exportToMemory(stream, { image: "mask" });
  expect((await pixelsOf(await (await openTiff(bytes)).getImage(1))).slice(0, 4)).toEqual([0, 255, 0, 255]);
});

test("compression that does not help is left out, for the whole file", async () => {
  let state = 1;
  const noise = Uint8Array.from({ length: 3 * 64 * 64 }, () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    return state >>> 24;
  });
  const image: MemoryArray = { name: "image", dataType: "uint8", shape: [3, 64, 64], data: noise };
  const { bytes, artifact } = await exportToMemory(memoryStream([image], { imageStack: {} }));
  expect(artifact.encoding).toEqual({
    codec: "none",
    reason: "deflate saves less than 1 % of the first strip",
    rawBytes: noise.length,
    storedBytes: noise.length,
  });
  expect((await (await openTiff(bytes)).getImage(2)).fileDirectory.getValue("Compression")).toBe(1);
});

test("a level that is named is obeyed", async () => {
  const data = Float32Array.from({ length: 3 * 80 * 80 }, (_, index) => Math.sin(index / 9));
  const stream = () => memoryStream([{ ...movie, shape: [3, 80, 80], data }], { imageStack: {} });
  const [fast, small] = await Promise.all([1, 9].map((level) => exportToMemory(stream(), { level })));
  expect(fast?.artifact.encoding?.reason).toMatch("level 1: asked for");
  expect(small!.bytes.length).toBeLessThanOrEqual(fast!.bytes.length);
});

test("pyramids stand in SubIFDs, each level the mean of the one above", async () => {
  const data = Uint16Array.from({ length: 2 * 40 * 50 }, (_, index) => index);
  const image: MemoryArray = { name: "image", dataType: "uint16", shape: [2, 40, 50], data };
  for (const bigTiff of [false, true]) {
    const { bytes } = await exportToMemory(memoryStream([image], { imageStack: {} }), {
      tileSize: 16,
      pyramid: true,
      bigTiff,
    });
    const tiff = await openTiff(bytes);
    expect(await tiff.getImageCount()).toBe(2);
    const page = (await tiff.getImage(1)).fileDirectory;
    const offsets = Array.from((await page.loadValue("SubIFDs" as "StripOffsets")) as ArrayLike<number>, Number);
    expect(offsets).toHaveLength(2);
    const half = await tiff.parser.parseFileDirectoryAt(offsets[0]!);
    expect(half.getValue("NewSubfileType")).toBe(1);
    expect([half.getValue("ImageWidth"), half.getValue("ImageLength")]).toEqual([25, 20]);
    const quarter = await tiff.parser.parseFileDirectoryAt(offsets[1]!);
    expect([quarter.getValue("ImageWidth"), quarter.getValue("ImageLength")]).toEqual([13, 10]);
  }
});

test("a stream that is cut, and one that is cancelled, end the export with their reason", async () => {
  const source = memoryStream([movie], { imageStack: {} });
  const cut: DatasetStream = {
    header: source.header,
    frames: (async function* () {
      for await (const frame of source.frames) {
        yield frame;
        throw new Error("the line is dead");
      }
    })(),
  };
  await expect(exportToMemory(cut)).rejects.toThrow("the line is dead");

  const stop = new AbortController();
  let closed = false;
  const endless: DatasetStream = {
    header: memoryStream([movie], { imageStack: {}, unknownLength: true }).header,
    frames: (async function* () {
      try {
        for (let t = 0; ; t++) {
          if (t === 5) stop.abort(new Error("enough"));
          const data = asBytes(movie.data).subarray(0, 80);
          yield {
            sequence: 0,
            content: { $case: "chunk" as const, value: { arrayId: 1, offset: [t, 0, 0], shape: [1, 4, 5], data } },
          };
        }
      } finally {
        closed = true;
      }
    })(),
  };
  const exporting = omeTiff.export(endless, {}, memorySink(), testContext("stack", { signal: stop.signal }));
  await expect(exporting).rejects.toThrow("enough");
  expect(closed).toBe(true);
});

test("frames that never came: filled ones are told, an early end shortens the file, none is an error", async () => {
  const source = memoryStream([{ ...movie, spec: { fillValue: new Uint8Array(4) } }], { imageStack: {} });
  const without = (...missing: number[]): DatasetStream => ({
    header: source.header,
    frames: (async function* () {
      for await (const frame of source.frames) {
        if (frame.content?.$case === "chunk" && missing.includes(frame.content.value.offset[0]!)) continue;
        yield frame;
      }
    })(),
  });
  const filled = await exportToMemory(without(1));
  expect(filled.findings.gaps).toEqual([{ array: "image", first: 1, count: 1, filled: true }]);
  expect(await pixelsOf(await (await openTiff(filled.bytes)).getImage(1))).toEqual(Array(20).fill(0));
  const short = await exportToMemory(without(2));
  expect(short.findings.gaps).toEqual([{ array: "image", first: 2, count: 1, filled: false }]);
  expect(attributes(await xmlOf(short.bytes), "SizeT")).toEqual(["2"]);
  await expect(exportToMemory(without(0, 1, 2))).rejects.toThrow("IMAGE_EMPTY");
});

test("an image of rows alone must come whole", async () => {
  const flat: MemoryArray = {
    name: "image",
    dataType: "uint8",
    shape: [4, 5],
    data: new Uint8Array(20),
    axes: ["y", "x"],
  };
  const source = memoryStream([flat], { imageStack: {} });
  const frames = (async function* () {
    for await (const frame of source.frames) {
      if (frame.content?.$case === "chunk" && frame.content.value.offset[0] === 3) return;
      yield frame;
    }
  })();
  await expect(exportToMemory({ header: source.header, frames })).rejects.toThrow("IMAGE_INCOMPLETE");
});

test("time is booked on encode and write", async () => {
  const context = testContext("stack");
  await omeTiff.export(memoryStream([movie], { imageStack: {} }), {}, memorySink(), context);
  expect(
    context.clock
      .phases()
      .map(({ phase }) => phase)
      .toSorted(),
  ).toEqual(["encode", "write"]);
});
