import { createHash } from "node:crypto";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { asElements, checkHeader, type DatasetStream, type DataType, digestsOf, verify } from "@sluice/core";
import { collect, type MemoryArray, memoryStream, testContext } from "@sluice/core/testing";
import { type Frame, LossKind, TableSpec } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { withFile } from "@sluice/source/testing";
import { npz } from "./exporter.ts";
import { npzLoader } from "./loader.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

const space = { scale: 2, unit: "nanometer" };
const axes = [
  { name: "t", unit: "second" },
  { name: "y", ...space },
  { name: "x", ...space },
];
const afm = { modality: "atomic force microscopy", channels: [{ name: "height_trace" }] };

function movie(name: string, dataType: DataType = "float32", more: Partial<MemoryArray> = {}): MemoryArray {
  const values = Array.from({ length: 4 * 6 * 7 }, (_, index) => (index * 7919) % 101);
  const data = dataType === "bool" ? Uint8Array.from(values, (value) => value & 1) : Float32Array.from(values);
  const typed =
    dataType === "int32" ? Int32Array.from(values) : dataType === "float64" ? Float64Array.from(values) : data;
  return { name, dataType, shape: [4, 6, 7], data: typed, axes, ...more };
}

const layered = { ...afm, layers: [{ name: "raw", array: "processed/raw" }], maskArrays: ["masks/step_1_mask"] };
const stackOfLayers = (options = {}) =>
  memoryStream([movie("image"), movie("processed/raw"), movie("masks/step_1_mask", "bool")], {
    imageStack: layered,
    ...options,
  });

/** Names, sizes and values of the arrays of a file, and its records, without what the record of the stream says. */
async function read(bytes: Uint8Array) {
  return withFile(bytes, async (path) => {
    const { header, frames } = await npzLoader.load(path, { profile: "generic" });
    const values = new Map(header.arrays.map(({ arrayId, dataType }) => [arrayId, { dataType, all: [] as number[] }]));
    for (const { content } of await collect(frames)) {
      if (content?.$case !== "chunk") continue;
      const array = values.get(content.value.arrayId)!;
      array.all.push(...Array.from(asElements(array.dataType as DataType, content.value.data), Number));
    }
    return {
      arrays: Object.fromEntries(
        header.arrays.map(({ name, dataType, axes: own, arrayId }) => [
          name,
          { dataType, shape: own.map(({ size }) => size), values: values.get(arrayId)!.all },
        ]),
      ),
      records: header.dataset.records as Record<string, unknown>,
    };
  });
}

/** A stream of arrays of four frames each, one frame of each in turn, the last array first. */
function interleaved(stream: DatasetStream): DatasetStream {
  async function* frames(): AsyncGenerator<Frame> {
    const all = await collect(stream.frames);
    const chunks = all.filter(({ content }) => content?.$case === "chunk");
    const arrays = chunks.length / 4;
    for (let index = 0; index < 4; index++) {
      for (let array = arrays - 1; array >= 0; array--) yield chunks[4 * array + index] as Frame;
    }
    yield* all.filter(({ content }) => content?.$case !== "chunk");
  }
  return { header: stream.header, frames: frames() };
}

test("a movie of a force microscope gets the keys of playNano", async () => {
  const { bytes, artifact, findings } = await exportToMemory(stackOfLayers());
  const { arrays, records } = await read(bytes);
  expect(Object.keys(arrays)).toEqual(["data", "processed__raw", "masks__step_1_mask", "timestamps"]);
  expect(arrays["data"]).toMatchObject({
    dataType: "float32",
    shape: [4, 6, 7],
    values: [...(movie("image").data as Float32Array)],
  });
  expect(arrays["masks__step_1_mask"]?.dataType).toBe("bool");
  expect(records).toMatchObject({ pixel_size_nm: 2, channel: "height_trace", state_backups_json: "{}" });
  expect(JSON.parse(String(records["frame_metadata_json"]))[0]).toEqual({ timestamp: null, frame_pixel_size_nm: 2 });
  expect(artifact).toMatchObject({ path: "stack.npz", mediaType: "application/zip", size: bytes.length });
  expect(findings.losses).toEqual([]);
  await withFile(bytes, async (path) => {
    const loaded = await npzLoader.load(path, {});
    expect(loaded.header).toEqual(stackOfLayers().header);
    expect(await verify(findings.digests!, loaded, "npz")).toMatchObject({ equal: true });
  });
});

test("arrays in turn, of unknown length: the current image first, the others behind it", async () => {
  for (const options of [{}, { compressed: false }, { compressed: 1 }]) {
    const source = () => stackOfLayers({ unknownLength: true });
    const turns = await exportToMemory(interleaved(source()), options);
    const whole = await exportToMemory(source(), options);
    expect(Buffer.from(turns.bytes).equals(whole.bytes)).toBe(true);
    expect(Buffer.from(turns.bytes).indexOf("data.npy")).toBe(30);
    await withFile(turns.bytes, async (path) => {
      const loaded = await npzLoader.load(path, {});
      expect(await digestsOf(loaded)).toEqual(await digestsOf(stackOfLayers()));
    });
  }
});

test("integers become float32 for playNano, and stay what they are otherwise", async () => {
  const source = () => memoryStream([movie("image", "int32")], { imageStack: afm });
  const bundle = await exportToMemory(source());
  expect((await read(bundle.bytes)).arrays["data"]).toMatchObject({ dataType: "float32" });
  expect(bundle.findings.losses).toEqual([
    {
      kind: LossKind.LOSS_KIND_CAST,
      field: "arrays.image",
      message: "int32 was converted to float32.",
      count: 0,
      maxError: 0,
    },
  ]);
  expect(bundle.findings.digests).toMatchObject([{ array: "image", dataType: "float32" }]);
  await withFile(bundle.bytes, async (path) => {
    expect(await verify(bundle.findings.digests!, await npzLoader.load(path, {}), "npz")).toMatchObject({
      equal: true,
    });
  });
  const generic = await exportToMemory(source(), { profile: "generic" });
  expect((await read(generic.bytes)).arrays).toMatchObject({ image: { dataType: "int32" } });
});

test("an image that is a layer, too, is packed once and read under both keys", async () => {
  const layers = [...layered.layers, { name: "step_1_remove_plane", array: "image" }];
  const source = () =>
    memoryStream([movie("image", "int16"), movie("processed/raw")], { imageStack: { ...afm, layers } });
  const { bytes, findings } = await exportToMemory(source());
  const { arrays } = await read(bytes);
  expect(arrays["processed__step_1_remove_plane"]).toEqual(arrays["data"]);
  expect(findings.losses?.map(({ field }) => field)).toEqual(["arrays.image"]);
  await withFile(bytes, async (path) => {
    const { header } = await npzLoader.load(path, {});
    expect(header.arrays.map(({ name }) => name)).toEqual(["image", "processed/raw"]);
    expect(header.dataset.imageStacks[0]?.layers).toEqual(layers);
    expect(await verify(findings.digests!, await npzLoader.load(path, {}), "npz")).toMatchObject({ equal: true });
  });
});

test("recorded times are the timestamps; other arrays and tables lie below sluice/", async () => {
  const times: MemoryArray = {
    name: "times",
    dataType: "float64",
    shape: [4],
    data: Float64Array.of(0, 0.5, 1.25, 2),
    spec: { unit: "s" },
  };
  const image = movie("image", "float32", {
    axes: [{ name: "t", unit: "second", coordinatesArray: "times" }, ...axes.slice(1)],
  });
  const extra: MemoryArray = { name: "laser", dataType: "uint8", shape: [2], data: Uint8Array.of(7, 9) };
  const spec = TableSpec.fromPartial({ tableId: 1, name: "frames", columns: [{ name: "gain", dataType: "float64" }] });
  const columns = [
    { validity: new Uint8Array(0), offsets: new Uint8Array(0), data: new Uint8Array(new Float64Array(4).buffer) },
  ];
  const tables = [{ spec, batches: [{ tableId: 1, firstRow: 0, rows: 4, columns }] }];
  const { bytes } = await exportToMemory(
    memoryStream([image, times, extra], { imageStack: { ...afm, framesTable: "frames" }, tables }),
  );
  const { arrays, records } = await read(bytes);
  expect(Object.keys(arrays)).toEqual(["data", "timestamps", "sluice/laser", "sluice/frames/gain"]);
  expect(arrays["timestamps"]?.values).toEqual([0, 0.5, 1.25, 2]);
  const frames = JSON.parse(String(records["frame_metadata_json"])) as { timestamp: number }[];
  expect(frames.map(({ timestamp }) => timestamp)).toEqual([0, 0.5, 1.25, 2]);
});

test("a stream that ends early: the arrays are as long as they came", async () => {
  const source = memoryStream([movie("image"), movie("processed/raw")], {
    imageStack: { ...afm, layers: [{ name: "raw", array: "processed/raw" }] },
  });
  async function* frames(): AsyncGenerator<Frame> {
    for await (const frame of source.frames) {
      if (frame.content?.$case === "chunk" && (frame.content.value.offset[0] as number) < 3) yield frame;
    }
  }
  const { bytes, findings } = await exportToMemory({ header: source.header, frames: frames() });
  expect(findings.gaps).toEqual([
    { array: "image", first: 3, count: 1, filled: false },
    { array: "processed/raw", first: 3, count: 1, filled: false },
  ]);
  const { arrays } = await read(bytes);
  expect([arrays["data"]?.shape, arrays["processed__raw"]?.shape, arrays["timestamps"]?.shape]).toEqual([
    [3, 6, 7],
    [3, 6, 7],
    [3],
  ]);
  await withFile(bytes, async (path) => {
    const loaded = await npzLoader.load(path, {});
    expect(checkHeader(loaded.header)).toEqual([]);
    expect(await verify(findings.digests!, loaded, "npz")).toMatchObject({ equal: true });
  });
});

test("uncompressed data begin at multiples of 64", async () => {
  const { bytes, artifact } = await exportToMemory(stackOfLayers(), { compressed: false });
  const buffer = Buffer.from(bytes);
  let count = 0;
  for (let at = buffer.indexOf("\x93NUMPY", 0, "latin1"); at >= 0; at = buffer.indexOf("\x93NUMPY", at + 1, "latin1")) {
    expect(at % 64).toBe(0);
    count += 1;
  }
  expect(count).toBe(10);
  expect(artifact.encoding).toMatchObject({ codec: "none", reason: "asked for" });
});

test("the same stream makes the same bytes", async () => {
  const hashes = await Promise.all(
    [0, 1].map(async () =>
      createHash("sha256")
        .update((await exportToMemory(stackOfLayers())).bytes)
        .digest("hex"),
    ),
  );
  expect(hashes[0]).toBe(hashes[1]);
});

const openFiles = "/proc/self/fd";
const testWithProc = existsSync(openFiles) ? test : test.skip;

testWithProc("an export that fails gives its spool back (skipped without /proc)", async () => {
  const large: MemoryArray = {
    name: "large",
    dataType: "uint8",
    shape: [4, 1024, 1024],
    data: new Uint8Array(2 ** 22),
  };
  const longer = { ...large, name: "longer", shape: [5, 1024, 1024], data: new Uint8Array(5 * 2 ** 20) };
  const source = memoryStream([large, longer]);
  let seen: string[] = [];
  async function* frames(): AsyncGenerator<Frame> {
    yield* source.frames;
    while (seen.length === 0) {
      await delay(5);
      seen = spools();
    }
    throw new Error("cut");
  }
  const work = npz.export({ header: source.header, frames: frames() }, {}, memorySink(), testContext("stack"));
  await expect(work).rejects.toThrow("cut");
  expect(seen.length).toBeGreaterThan(0);
  expect(spools()).toEqual([]);
});

/** Spools that this process has open. */
function spools(): string[] {
  return readdirSync(openFiles).flatMap((name) => {
    try {
      const path = readlinkSync(join(openFiles, name));
      return path.includes(".spool") ? [path] : [];
    } catch {
      return [];
    }
  });
}

async function reasons(stream: DatasetStream, options = {}): Promise<string[]> {
  const { problems } = await npz.check(stream.header, options);
  return (problems ?? []).map(({ reason, field }) => `${reason} ${field}`);
}

test("what stands against an export is said before the first byte", async () => {
  const flat = memoryStream([{ name: "image", dataType: "uint8", shape: [2], data: new Uint8Array(2) }]);
  expect(await reasons(flat)).toEqual([]);
  expect(await reasons(memoryStream([]))).toEqual(["DATASET_EMPTY arrays"]);
  expect(await reasons(flat, { compressed: 10 })).toEqual(["OPTION_INVALID options.compressed"]);
  expect(await reasons(flat, { compression: "none" })).toEqual(["OPTION_UNKNOWN options.compression"]);
  expect(await reasons(flat, { profile: "playnano" })).toEqual(["IMAGE_MISSING dataset.image_stacks"]);
  const unsized = memoryStream([movie("image", "float32", { axes: ["t", "y", "x"] })], { imageStack: afm });
  expect(await reasons(unsized, { profile: "playnano" })).toEqual(["PIXEL_SIZE_MISSING arrays.image.axes"]);
  expect(await reasons(unsized)).toEqual([]);
  const columns = [{ name: "b", dataType: "int8" }];
  const spec = TableSpec.fromPartial({ tableId: 1, name: "a", columns });
  const twice = memoryStream([movie("a/b")], { tables: [{ spec, batches: [] }] });
  expect(await reasons(twice)).toEqual(["KEY_DUPLICATE tables.a.b"]);
  expect(await reasons(memoryStream([movie("sluice_json")]))).toEqual(["KEY_DUPLICATE arrays.sluice_json"]);
});

test("sizes are foretold as upper bounds, losses by name", async () => {
  for (const options of [{}, { compressed: false }, { profile: "generic" }]) {
    const dataset = { metadata: { gain: Number.NaN } };
    const { artifactBytes, memoryBytes, losses } = await npz.check(stackOfLayers({ dataset }).header, options);
    const { bytes } = await exportToMemory(stackOfLayers(), options);
    expect(artifactBytes).toBeGreaterThan(bytes.length);
    expect(memoryBytes).toBeLessThan(100 * 2 ** 20);
    expect(losses).toMatchObject([{ field: "dataset.metadata", count: 1 }]);
  }
  expect((await npz.check(stackOfLayers({ unknownLength: true }).header, {})).artifactBytes).toBeUndefined();
});

test("time is booked on encode, spool and write", async () => {
  const context = testContext("stack");
  await npz.export(stackOfLayers(), {}, memorySink(), context);
  expect(
    context.clock
      .phases()
      .map(({ phase }) => phase)
      .toSorted(),
  ).toEqual(["encode", "spool", "write"]);
});
