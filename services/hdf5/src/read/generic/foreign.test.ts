import { expect, test } from "@jest/globals";
import { asElements, checkHeader, isError, type RawOptions } from "@sluice/core";
import { collect, problemOf } from "@sluice/core/testing";
import { compound, fixedText, type GroupWriter } from "@sluice/hdf5";
import { AxisType, Origin } from "@sluice/proto";
import { hdf5Loader } from "../../loader.ts";
import { gather, withFile } from "../../testing/index.ts";
import { writeHdf5 } from "../../testing/write-file.ts";

/** The stream of a file that `fill` filled. */
async function read(fill: (root: GroupWriter) => Promise<void>, options: RawOptions = {}) {
  return withFile(
    await writeHdf5(fill),
    async (path) => {
      const { header, frames } = await hdf5Loader.load(path, options);
      expect(checkHeader(header).filter(isError)).toEqual([]);
      const all = await collect(frames);
      const again = {
        header,
        frames: {
          [Symbol.asyncIterator]: async function* () {
            yield* all;
          },
        },
      };
      return { header, frames: all, ...(await gather(again)) };
    },
    "file.h5",
  );
}

test("numbers of every kind become arrays under their paths, with attributes and names of the axes", async () => {
  const { header, digests } = await read(async (root) => {
    const image = await root.writeDataset("entry/data", new Uint16Array(24), { shape: [2, 3, 4] });
    image.attributes.set("DIMENSION_LABELS", ["t", "", "x"]);
    image.attributes.set("units", "nm");
    image.attributes.set("gain", 2n ** 60n, "int64");
    image.attributes.set("matrix", [1, 2, 3, 4], "float64", [2, 2]);
    await root.writeDataset("half", [0.5, -2], { type: "float16" });
    await root.writeDataset("truth", [true, false]);
    await root.writeDataset("complex", Float32Array.of(1, 2, 3, 4), { type: "complex64", shape: [2] });
    await root.writeDataset("none", new Float64Array(0), { shape: [0, 3] });
  });
  expect(header.arrays.map(({ name, dataType, axes }) => [name, dataType, ...axes.map(({ size }) => size)])).toEqual([
    ["complex", "complex64", 2],
    ["entry/data", "uint16", 2, 3, 4],
    ["half", "float16", 2],
    ["none", "float64", 0, 3],
    ["truth", "bool", 2],
  ]);
  expect(header.arrays[1]).toMatchObject({
    unit: "nm",
    axes: [{ name: "t" }, { name: "axis_1" }, { name: "x" }],
    attributes: {
      units: "nm",
      gain: String(2n ** 60n),
      matrix: [
        [1, 2],
        [3, 4],
      ],
    },
  });
  expect(digests.map(({ array, shape }) => [array, ...shape])).toContainEqual(["none", 0, 3]);
  expect(header.dataset).toMatchObject({ name: "file", provenance: { source: "file.h5" }, imageStacks: [] });
});

test("texts and compounds of one axis become tables", async () => {
  const { header, tables } = await read(async (root) => {
    await root.writeDataset("labels", ["soma", "µ"]);
    await root.writeDataset("fixed", ["ab", "c"], { type: fixedText(4) });
    const spots = [
      { x: 1.5, name: "a", at: root },
      { x: -2, name: "b", at: null },
    ];
    const type = compound(["x", "float32"], ["name", "text"], ["at", "reference"]);
    await root.writeDataset("spots", spots, { type });
  });
  expect(tables["labels"]).toEqual([["soma"], ["µ"]]);
  expect(tables["fixed"]).toEqual([["ab"], ["c"]]);
  expect(header.tables.find(({ name }) => name === "spots")?.columns).toMatchObject([
    { name: "x", dataType: "float32" },
    { name: "name", dataType: "string" },
    { name: "at", dataType: "string" },
  ]);
  expect(tables["spots"]).toEqual([
    ["0000c03f", "a", "/"],
    ["000000c0", "b", ""],
  ]);
});

test("single values, links and attributes of groups become records; what cannot be held is said", async () => {
  const { header } = await read(async (root) => {
    root.attributes.set("creator", "me");
    root.createGroup("empty").attributes.set("nan", [1, Number.NaN], "float64");
    await root.writeDataset("scalar", 5, { type: "int32" });
    const text = await root.writeDataset("text", "hello");
    text.attributes.set("language", "en");
    root.createDataset("null", { type: "float64", shape: null });
    root.createSoftLink("link", "/scalar");
    await root.writeDataset(
      "grid",
      Array.from({ length: 2000 }, () => "x"),
      { shape: [40, 50] },
    );
    await root.writeDataset("small", ["a", "b", "c", "d"], { shape: [2, 2] });
  });
  expect(header.dataset.records).toEqual({
    "hdf5.attributes": { "/": { creator: "me" }, "/empty": { nan: [1, "NaN"] }, "/text": { language: "en" } },
    "hdf5.values": {
      "/scalar": 5,
      "/text": "hello",
      "/null": null,
      "/small": [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    "hdf5.links": { "/link": "/scalar" },
  });
  expect(header.dataset.origins).toEqual([
    { field: "/grid", origin: Origin.ORIGIN_ABSENT, detail: "text of shape [40, 50] is neither an array nor a table" },
  ]);
});

test("one dataset alone; an image when the names of its axes say so, and not otherwise", async () => {
  const fill = async (root: GroupWriter) => {
    const movie = await root.writeDataset("a/movie", new Uint8Array(24), { shape: [2, 3, 4] });
    movie.attributes.set("DIMENSION_LABELS", ["t", "y", "x"]);
    await root.writeDataset("a/other", new Uint8Array(24), { shape: [2, 3, 4] });
  };
  const movie = await read(fill, { dataset: "a/movie" });
  expect(movie.header.dataset).toMatchObject({ name: "movie", imageStacks: [{ imageArray: "a/movie" }] });
  expect(movie.header.arrays).toHaveLength(1);
  expect((await read(fill, { dataset: "/a/other" })).header.dataset.imageStacks).toEqual([]);
  expect((await read(fill, { dataset: "/a" })).header.arrays).toHaveLength(2);
  expect((await read(fill)).header.dataset.imageStacks).toEqual([]);
  expect((await problemOf(() => read(fill, { dataset: "/b" }))).reason).toBe("HDF5_OBJECT_MISSING");
  expect((await problemOf(() => read(fill, { dataset: "/a", profile: "playnano" }))).reason).toBe(
    "OPTION_NOT_APPLICABLE",
  );
});

test("a dataset whose axes are told is an image; otherwise the error tells how", async () => {
  const fill = async (root: GroupWriter) => {
    await root.writeDataset("a/movie", new Uint8Array(24), { shape: [2, 3, 4] });
    await root.writeDataset("a/line", new Uint8Array(5));
  };
  const { header } = await read(fill, { dataset: "a/movie", axes: "tyx" });
  expect(header.dataset.imageStacks).toMatchObject([{ imageArray: "a/movie" }]);
  expect(header.arrays[0]?.axes).toMatchObject([
    { name: "t", type: AxisType.AXIS_TYPE_TIME, size: 2 },
    { name: "y", type: AxisType.AXIS_TYPE_SPACE, size: 3 },
    { name: "x", type: AxisType.AXIS_TYPE_SPACE, size: 4 },
  ]);
  for (const options of [{ axes: "tyx" }, { dataset: "a", axes: "tyx" }, { dataset: "a/movie", axes: "yx" }]) {
    expect(await problemOf(() => read(fill, options))).toMatchObject({
      reason: "IMAGE_MISSING",
      field: "options.axes",
      got: expect.stringContaining("/a/movie [2, 3, 4]"),
      remedy: expect.stringContaining("input.dataset"),
    });
  }
});

test("a large dataset comes in chunks of 1 MiB, in order", async () => {
  const values = Float32Array.from({ length: 3 * 2 ** 19 }, (_, index) => index);
  const { frames } = await read(async (root) => {
    await root.writeDataset("a", values, { shape: [3 * 512, 1024], chunks: [100, 1000], deflate: 1, shuffle: true });
  });
  const chunks = frames.flatMap(({ content }) => (content?.$case === "chunk" ? [content.value] : []));
  expect(chunks.every(({ data }) => data.length <= 2 ** 21)).toBe(true);
  const read0 = chunks.flatMap(({ data }) => [asElements("float32", data)]);
  expect(read0.reduce((sum, { length }) => sum + length, 0)).toBe(values.length);
  const first = chunks.findIndex(({ offset }) => offset[0] !== 0 || offset[1] !== 0);
  expect(first).toBe(1);
});

test("a signature alone is no file", async () => {
  const bytes = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0);
  expect(hdf5Loader.recognises("a", bytes)).toBe(true);
  expect(hdf5Loader.recognises("a.h5", bytes.subarray(1))).toBe(false);
  const { reason } = await withFile(bytes, (path) => problemOf(() => hdf5Loader.load(path, {})));
  expect(reason).toBe("HDF5_READ_FAILED");
  expect((await problemOf(() => hdf5Loader.load("gone.h5", {}))).reason).toBe("SOURCE_MISSING");
});
