import { randomFillSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import type { ArtifactWriter } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { memorySink } from "@sluice/sink/testing";
import { readStructure } from "../testing/index.ts";
import { Hdf5Writer } from "./hdf5-writer.ts";
import { compound, fixedText } from "./type.ts";

async function write(work: (file: Hdf5Writer) => Promise<void> | void): Promise<Uint8Array> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await work(file);
  await file.close();
  return sink.files.get("a.h5") as Uint8Array;
}

async function open(): Promise<Hdf5Writer> {
  return new Hdf5Writer(await memorySink().create("a.h5", "application/x-hdf5"));
}

test("an empty file is a root group", async () => {
  const bytes = await write(() => {});
  expect(readStructure(bytes)).toMatchObject({ groups: ["/"], datasets: new Map() });
  // Superblock, header with one message, heap of one name, node of the least width.
  expect(bytes.length).toBe(96 + 40 + 40 + 24 + 16 * 4 + 8 * 9);
});

test("groups and datasets are made on the way to a path; soft links lead anywhere", async () => {
  const bytes = await write(async ({ root }) => {
    const deep = root.createGroup("a/b/c");
    expect([deep.path, root.requireGroup("a/b").keys()]).toEqual(["/a/b/c", ["c"]]);
    await deep.writeDataset("d/e", 1.5, { type: "float64" });
    root.createSoftLink("a/link", "/a/b/c");
    root.createSoftLink("broken", "../nothing");
  });
  const facts = readStructure(bytes);
  expect(facts.groups).toEqual(["/", "/a", "/a/b", "/a/b/c", "/a/b/c/d"]);
  expect([...facts.datasets.keys()]).toEqual(["/a/b/c/d/e"]);
  expect(Object.fromEntries(facts.softLinks)).toEqual({ "/a/link": "/a/b/c", "/broken": "../nothing" });
});

test("chunks that deflate does not shrink stand as they came, others deflated, in one dataset", async () => {
  const noise = randomFillSync(new Uint8Array(2 * 4096));
  const bytes = await write(async ({ root }) => {
    const mixed = root.createDataset("mixed", {
      type: "uint16",
      shape: [0, 2048],
      maxShape: [null, 2048],
      chunks: [1, 2048],
      shuffle: true,
      deflate: 4,
    });
    await mixed.append(noise);
    await mixed.append(new Uint8Array(3 * 4096));
    expect(mixed.shape).toEqual([5, 2048]);
  });
  const dataset = readStructure(bytes).datasets.get("/mixed");
  expect(dataset?.chunks.map(({ filterMask }) => filterMask)).toEqual([3, 3, 0, 0, 0]);
  expect(dataset?.filters).toEqual([2, 1]);
  const [first] = dataset?.chunks ?? [];
  expect(bytes.subarray(first?.address, (first?.address ?? 0) + 4096)).toEqual(noise.subarray(0, 4096));
});

test("an adaptive shuffle is left out where elements repeat as a whole; the header says what was done", async () => {
  const random = randomFillSync(new Uint8Array(40_000));
  const repeated = Float64Array.from(random, (byte) => Math.sin(byte % 40));
  const detector = Uint16Array.from(random, (byte) => 900 + byte);
  const options = { shuffle: "adaptive", deflate: "adaptive" } as const;
  const bytes = await write(async ({ root }) => {
    const rows = root.createDataset("repeated", { ...options, type: "float64", shape: [40_000], chunks: [5_000] });
    await Promise.all([0, 1, 2, 3].map((part) => rows.append(repeated.subarray(10_000 * part, 10_000 * (part + 1)))));
    expect(rows.chunkCounts?.reason).toMatch(/; not shuffled, which leaves less$/);
    await root.writeDataset("detector", detector, options);
    await root.writeDataset("texts", ["a", "b"], options);
  });
  const { datasets } = readStructure(bytes);
  const filters = ["/repeated", "/detector", "/texts"].map((path) => datasets.get(path)?.filters);
  expect(filters).toEqual([[1], [2, 1], [2, 1]]);
  expect(datasets.get("/repeated")?.chunks.map(({ filterMask }) => filterMask)).toEqual(Array(8).fill(0));
});

test("single bytes are not shuffled", async () => {
  const bytes = await write(async ({ root }) => {
    await root.writeDataset("bytes", new Uint8Array(100), { shuffle: true, deflate: 1 });
  });
  expect(readStructure(bytes).datasets.get("/bytes")?.filters).toEqual([1]);
});

test("rows of any number make the same file as all at once, and as chunk by chunk", async () => {
  const values = Int32Array.from({ length: 10 * 7 }, (_, index) => index * index);
  const options = { type: "int32", shape: [10, 7], chunks: [4, 3], shuffle: true, deflate: 6 } as const;
  const whole = await write(({ root }) => root.createDataset("d", options).append(values));
  const byRows = await write(async ({ root }) => {
    const dataset = root.createDataset("d", options);
    for (const [start, end] of [
      [0, 1],
      [1, 1],
      [1, 7],
      [7, 10],
    ] as const)
      await dataset.append(values.subarray(7 * start, 7 * end));
  });
  const byChunks = await write(async ({ root }) => {
    const dataset = root.createDataset("d", options);
    for (let row = 0; row < 10; row += 4) {
      for (let column = 0; column < 7; column += 3) {
        const shape = [Math.min(4, 10 - row), Math.min(3, 7 - column)] as const;
        const cell = Int32Array.from({ length: shape[0] * shape[1] }, (_, index) => {
          const place = (row + Math.floor(index / shape[1])) * 7 + column + (index % shape[1]);
          return values[place] as number;
        });
        await dataset.writeChunk({ offset: [row, column], shape }, new Uint8Array(cell.buffer));
      }
    }
  });
  expect(byRows).toEqual(whole);
  expect(byChunks).toEqual(whole);
  expect(readStructure(whole).datasets.get("/d")?.chunks).toHaveLength(9);
});

test("calls that are not awaited keep their order", async () => {
  const fill = (file: Hdf5Writer) => {
    const options = { type: "uint8", shape: [0], maxShape: [null], chunks: [1000], deflate: "adaptive" } as const;
    const [one, other] = [file.root.createDataset("one", options), file.root.createDataset("other", options)];
    return Array.from(
      { length: 40 },
      (_, index) => () => (index % 3 ? one : other).append(new Uint8Array(700).fill(index)),
    );
  };
  const awaited = await write(async (file) => {
    for (const append of fill(file)) await append();
  });
  const free = await write((file) => {
    for (const append of fill(file)) void append();
  });
  expect(free).toEqual(awaited);
});

test("texts in chunks are in the file before it is closed; few texts share a collection", async () => {
  const sink = memorySink();
  const writer = await sink.create("a.h5", "application/x-hdf5");
  const file = new Hdf5Writer(writer);
  const options = { type: "text", shape: [0], maxShape: [null], chunks: [2000] } as const;
  const [long, short] = [file.root.createDataset("long", options), file.root.createDataset("short", options)];
  await long.append(Array.from({ length: 4001 }, (_, index) => `text ${index}`));
  await short.append(["", "µ"]);
  file.root.attributes.set("greeting", "hello");
  await file.flush();
  expect(writer.position).toBeGreaterThan(4000 * 32);
  await file.close();
  const { texts } = readStructure(sink.files.get("a.h5") as Uint8Array);
  expect(texts.get("/long")?.slice(0, 4001)).toEqual(Array.from({ length: 4001 }, (_, index) => `text ${index}`));
  expect(texts.get("/short")?.slice(0, 3)).toEqual(["", "µ", undefined]);
  expect(texts.get("/@greeting")).toEqual(["hello"]);
});

test("references lead to objects that come later, in attributes, in one piece, in chunks and in compounds", async () => {
  const bytes = await write(async ({ root }) => {
    const rows = compound(["first", "int32"], ["object", "reference"], ["label", "text"]);
    const table = root.createDataset("table", {
      type: rows,
      shape: [0],
      maxShape: [null],
      chunks: [2],
      deflate: 9,
      shuffle: true,
    });
    const list = root.createDataset("list", { type: "reference", shape: [3] });
    const compact = root.createDataset("compact", { type: "reference", shape: [], compact: true });
    const late = root.createGroup("late");
    await table.append([
      { first: 1, object: late, label: "one" },
      { first: 2, object: null, label: "" },
      { first: 3, object: table, label: "three" },
    ]);
    await list.append([late, null, root]);
    await compact.append(late);
    late.attributes.set("back", [root, list, null]);
  });
  const { datasets, texts } = readStructure(bytes);
  expect(datasets.get("/table")?.chunks).toHaveLength(2);
  expect(texts.get("/table")).toEqual(["one", "", "three", undefined]);
  expect(datasets.get("/compact")?.storage).toBe("compact");
});

test("attributes up to the limit of a header, and not one byte more", async () => {
  const room = 65_528 - 8 - 8 - 16 - 16;
  const bytes = await write(({ root }) => {
    root.attributes.set("full", new Uint8Array(room));
    root.attributes.set("long text", "x".repeat(100_000));
    expect(() => root.attributes.set("more", new Uint8Array(room + 1))).toThrow("HDF5_ATTRIBUTE_TOO_LARGE");
  });
  expect(readStructure(bytes).texts.get("/@long text")?.[0]).toHaveLength(100_000);
});

test("a dataset in one piece is written as it comes, and nothing in between", async () => {
  const file = await open();
  const movie = file.root.createDataset("movie", { type: "uint8", shape: [4, 100] });
  await movie.append(new Uint8Array(200));
  await movie.append(new Uint8Array(100));
  await file.root.writeDataset("other", 1, { type: "int8" });
  expect((await problemOf(() => movie.append(new Uint8Array(100)))).reason).toBe("HDF5_DATASET_INTERRUPTED");
  expect((await problemOf(() => file.close())).reason).toBe("HDF5_DATASET_INCOMPLETE");
});

test("a dataset without rows, and one that holds nothing", async () => {
  const bytes = await write(async ({ root }) => {
    await root.writeDataset("null", null, { type: "float32" });
    await root.writeDataset("none", new Float64Array(0));
    root.createDataset("unwritten", { type: "int16", shape: [3, 0, 5] });
    await root
      .createDataset("rows", { type: "int8", shape: [0, 0], maxShape: [null, 0], chunks: [1, 1] })
      .append(new Uint8Array(0), 7);
  });
  const shapes = Array.from(readStructure(bytes).datasets, ([path, { shape }]) => [path, shape]);
  expect(Object.fromEntries(shapes)).toEqual({
    "/none": [0],
    "/null": undefined,
    "/rows": [7, 0],
    "/unwritten": [3, 0, 5],
  });
});

const chunked = { type: "int16", shape: [4, 4], chunks: [2, 2] } as const;

test.each<[string, (file: Hdf5Writer) => unknown]>([
  ["HDF5_NAME_TAKEN", ({ root }) => (root.createGroup("a"), root.createGroup("a"))],
  ["HDF5_NAME_TAKEN", ({ root }) => (root.createSoftLink("a", "/b"), root.createGroup("a/b"))],
  ["HDF5_NAME_INVALID", ({ root }) => root.createGroup("a//b")],
  ["HDF5_NAME_INVALID", ({ root }) => root.createGroup(".")],
  ["HDF5_NAME_INVALID", ({ root }) => root.createGroup("")],
  ["HDF5_NAME_INVALID", ({ root }) => root.attributes.set("", 1n, "int8")],
  ["HDF5_NAME_INVALID", ({ root }) => root.createSoftLink("a", "")],
  ["HDF5_TEXT_INVALID", ({ root }) => root.createGroup("a\0b")],
  ["HDF5_TEXT_INVALID", ({ root }) => root.attributes.set("a", "cut\0here")],
  ["HDF5_TEXT_INVALID", ({ root }) => root.attributes.set("a", "\ud83d")],
  ["HDF5_TYPE_NEEDED", ({ root }) => root.attributes.set("a", 1)],
  ["HDF5_TYPE_NEEDED", ({ root }) => root.attributes.set("a", null)],
  ["HDF5_TYPE_NEEDED", ({ root }) => root.writeDataset("a", [1, 2])],
  ["HDF5_TYPE_INVALID", ({ root }) => root.attributes.set("a", "", fixedText(0))],
  ["HDF5_TYPE_INVALID", ({ root }) => root.attributes.set("a", {}, compound())],
  ["HDF5_TYPE_INVALID", ({ root }) => root.attributes.set("a", {}, compound(["x", "int8"], ["x", "int8"]))],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", 1.5, "int32")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", -1, "uint8")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", 128, "int8")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", 2 ** 53, "int64")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", 1, "bool")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", "1", "float64")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", "ää", fixedText(3))],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", { x: 1 }, compound(["x", "int8"], ["y", "int8"]))],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", Float32Array.of(1), "int32")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", Uint8Array.of(2), "bool")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", new Uint8Array(3), "int16")],
  ["HDF5_VALUE_INVALID", ({ root }) => root.attributes.set("a", new Uint8Array(16), "text")],
  ["HDF5_VALUE_INVALID", async ({ root }) => root.attributes.set("a", (await open()).root)],
  ["HDF5_SHAPE_MISMATCH", ({ root }) => root.attributes.set("a", [1, 2, 3], "int8", [2, 2])],
  ["HDF5_SHAPE_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [-1] })],
  ["HDF5_SHAPE_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [2 ** 40, 2 ** 40] })],
  ["HDF5_SHAPE_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [5], maxShape: [4] })],
  ["HDF5_SHAPE_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [], deflate: 1 })],
  ["HDF5_CHUNKS_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [5], chunks: [6] })],
  ["HDF5_CHUNKS_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [5], chunks: [1, 1] })],
  ["HDF5_CHUNKS_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [2 ** 33], chunks: [2 ** 32] })],
  ["HDF5_DEFLATE_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [5], deflate: 10 })],
  ["HDF5_FILL_INVALID", ({ root }) => root.createDataset("a", { type: "text", shape: [5], fillValue: "x" })],
  ["HDF5_VALUE_INVALID", ({ root }) => root.createDataset("a", { type: "uint8", shape: [5], fillValue: -1 })],
  ["HDF5_COMPACT_INVALID", ({ root }) => root.createDataset("a", { type: "int8", shape: [65_521], compact: true })],
  [
    "HDF5_COMPACT_INVALID",
    ({ root }) => root.createDataset("a", { type: "int8", shape: [5], compact: true, deflate: 1 }),
  ],
  ["HDF5_ROWS_INVALID", ({ root }) => root.createDataset("a", chunked).append(new Uint8Array(4))],
  ["HDF5_DATASET_FULL", ({ root }) => root.createDataset("a", chunked).append(new Uint8Array(40))],
  [
    "HDF5_CHUNK_INVALID",
    ({ root }) => root.createDataset("a", chunked).writeChunk({ offset: [1, 0], shape: [2, 2] }, new Uint8Array(8)),
  ],
  [
    "HDF5_CHUNK_INVALID",
    ({ root }) => root.createDataset("a", chunked).writeChunk({ offset: [0, 0], shape: [2, 2] }, new Uint8Array(6)),
  ],
  [
    "HDF5_CHUNK_INVALID",
    ({ root }) =>
      root.createDataset("a", { type: "int8", shape: [2] }).writeChunk({ offset: [0], shape: [2] }, new Uint8Array(2)),
  ],
  [
    "HDF5_CHUNK_WRITTEN_TWICE",
    async ({ root }) => {
      const dataset = root.createDataset("a", chunked);
      await dataset.append(new Uint8Array(16));
      await dataset.writeChunk({ offset: [0, 2], shape: [2, 2] }, new Uint8Array(8));
    },
  ],
  ["HDF5_FILE_CLOSED", async (file) => (await file.close(), file.root.createGroup("a"))],
  ["HDF5_FILE_CLOSED", async (file) => (await file.close(), file.root.attributes.set("a", "b"))],
  ["HDF5_FILE_CLOSED", async (file) => (await file.close(), file.close())],
])("%s: %s", async (reason, work) => {
  const file = await open();
  expect((await problemOf(() => work(file))).reason).toBe(reason);
});

test.each([0, 1, 2, 3])("booleans are 0 and 1 wherever they stand: bytes from %p on", async (start) => {
  const { root } = await open();
  const memory = new Uint8Array(20);
  for (const length of [0, 1, 2, 3, 4, 9, 16]) {
    const values = memory.subarray(start, start + length).fill(1);
    root.attributes.set("good", values, "bool");
    for (let at = 0; at < length; at++) {
      for (const wrong of [2, 128, 255]) {
        values[at] = wrong;
        expect((await problemOf(() => root.attributes.set("bad", values, "bool"))).reason).toBe("HDF5_VALUE_INVALID");
      }
      values[at] = 1;
    }
  }
});

test.each([
  ["int8", -128, 127],
  ["uint8", 0, 255],
  ["int16", -32_768, 32_767],
  ["uint16", 0, 65_535],
  ["int32", -(2 ** 31), 2 ** 31 - 1],
  ["uint32", 0, 2 ** 32 - 1],
  ["int64", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["uint64", 0, Number.MAX_SAFE_INTEGER],
] as const)("numbers and bigints of %s are kept alike, to the last one", async (type, least, most) => {
  const { root } = await open();
  const values = [least, most, 0, 1, Math.floor(most / 3), Math.ceil(least / 3)];
  const bytes = (list: readonly (number | bigint)[]) => write((file) => file.root.attributes.set("a", list, type));
  expect(await bytes(values)).toEqual(await bytes(values.map(BigInt)));
  for (const wrong of [least - 1, most + 1, 0.5, Number.NaN]) {
    expect((await problemOf(() => root.attributes.set("a", wrong, type))).reason).toBe("HDF5_VALUE_INVALID");
  }
});

test("a refused call leaves the file as it was", async () => {
  const plain = await write(({ root }) => void root.createGroup("a"));
  const refused = await write(async ({ root }) => {
    root.createGroup("a");
    expect((await problemOf(() => root.createDataset("b", { type: "int8", shape: [5], chunks: [6] }))).reason).toBe(
      "HDF5_CHUNKS_INVALID",
    );
    expect((await problemOf(() => root.attributes.set("b", 1.5, "int8"))).reason).toBe("HDF5_VALUE_INVALID");
  });
  expect(refused).toEqual(plain);
});

test("when the artifact cannot be written, every later call says so, and there is no superblock", async () => {
  let position = 0;
  let rewritten = false;
  const writer: ArtifactWriter = {
    get position() {
      return position;
    },
    write: async (bytes) => {
      if (position + bytes.length > 1_000_000) throw new Error("No space left.");
      position += bytes.length;
    },
    rewriteHead: async () => {
      rewritten = true;
    },
    close: async () => {},
  };
  const file = new Hdf5Writer(writer);
  const dataset = file.root.createDataset("d", { type: "uint8", shape: [0], maxShape: [null], chunks: [100_000] });
  const fill = async () => {
    for (let chunk = 0; chunk < 100; chunk++) await dataset.append(new Uint8Array(100_000));
  };
  await expect(fill()).rejects.toThrow("No space left.");
  await expect(dataset.append(new Uint8Array(100_000))).rejects.toThrow("No space left.");
  await expect(file.close()).rejects.toThrow("No space left.");
  expect(rewritten).toBe(false);
});
