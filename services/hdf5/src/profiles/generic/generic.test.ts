import { expect, test } from "@jest/globals";
import { asBytes, chunkFrame, type DatasetStream, isError, type RawOptions } from "@sluice/core";
import { type MemoryArray, memoryStream, problemOf, testContext } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import { readCheckpoint, readStructure } from "@sluice/hdf5/testing";
import { ArraySpec, Axis, LossKind, TableSpec } from "@sluice/proto";
import { hdf5 } from "../../exporter.ts";
import { hdf5Loader } from "../../loader.ts";
import { textColumn } from "../../read/generic/column-values.ts";
import { exportToMemory, gather, withFile } from "../../testing/index.ts";

const movie: MemoryArray = {
  name: "image",
  dataType: "uint16",
  shape: [3, 100, 100],
  data: Uint16Array.from({ length: 30_000 }, (_, index) => index),
  axes: [{ name: "t", unit: "second", scale: 0.5, origin: 2 }, "y", { name: "x", unit: "nanometer", scale: 0.25 }],
  spec: { unit: "nm", valueScale: 0.1, valueOffset: -5, attributes: { gain: 2.5, sensor: "A", bad: Number.NaN } },
};
const mask: MemoryArray = {
  name: "masks/cell",
  dataType: "bool",
  shape: [3, 100, 100],
  data: Uint8Array.from({ length: 30_000 }, (_, index) => index % 2),
};

test("paths, types, filters and attributes for readers that know nothing of Sluice", async () => {
  const dataset = {
    sessionStartTime: new Date("2026-01-02T03:04:05.678Z"),
    records: { "scan/1": { speed: 3 } },
    metadata: { experimenter: "Ada" },
    provenance: {
      source: "a.asd",
      acquiredTime: undefined,
      environment: {},
      steps: [
        {
          name: "afm.x",
          software: "s",
          softwareVersion: "1",
          parameters: {},
          time: undefined,
          input: "a",
          output: "b",
        },
      ],
    },
  };
  const { bytes } = await exportToMemory(
    memoryStream([movie, mask], { imageStack: { maskArrays: ["masks/cell"] }, dataset }),
  );
  const { datasets } = readStructure(bytes);
  expect([...datasets.keys()].toSorted()).toEqual([
    "/arrays/image",
    "/arrays/masks/cell",
    "/metadata/experimenter",
    "/provenance/steps",
    "/records/scan%2F1",
  ]);
  expect(datasets.get("/arrays/image")).toMatchObject({ shape: [3, 100, 100], storage: "chunked", filters: [2, 1] });
  await withFile(bytes, (path) =>
    withHdf5(path, async (file) => {
      expect(Object.fromEntries(await file.attributes())).toMatchObject({
        sluice_layout: "sluice.generic",
        sluice_layout_version: 1,
        name: "memory",
        source: "a.asd",
        session_start_time: "2026-01-02T03:04:05.678Z",
      });
      const image = await file.dataset("arrays/image");
      expect(Object.fromEntries(await image.attributes())).toMatchObject({
        DIMENSION_LABELS: ["t", "y", "x"],
        axis_units: ["second", "", "nanometer"],
        axis_scales: [0.5, Number.NaN, 0.25],
        axis_origins: [2, 0, 0],
        axis_types: ["time", "space", "space"],
        units: "nm",
        scale_factor: 0.1,
        add_offset: -5,
        roles: ["imageStacks/0/imageArray"],
        gain: 2.5,
        sensor: "A",
        bad: Number.NaN,
      });
      expect((await file.dataset("arrays/masks/cell")).type).toBe("bool");
      expect(await (await file.dataset("metadata/experimenter")).readText()).toEqual(['"Ada"']);
      const steps = await (await file.dataset("provenance/steps")).readText();
      expect(steps.map((step) => (JSON.parse(step) as { name: string }).name)).toEqual(["afm.x"]);
    }),
  );
});

test("the report tells codec, reason and bytes of the chunks", async () => {
  const of = async (options: RawOptions) => (await exportToMemory(memoryStream([movie, mask]), options)).artifact;
  expect(await of({})).toMatchObject({
    path: "file.h5",
    mediaType: "application/x-hdf5",
    formatVersion: "HDF5 1.8, sluice.generic 1",
    encoding: { codec: "deflate", rawBytes: 90_000, reason: expect.stringMatching(/probe/) },
  });
  expect((await of({ compression: "none" })).encoding).toEqual({
    codec: "none",
    reason: "asked for",
    rawBytes: 90_000,
    storedBytes: 90_000,
  });
});

test("a table with nulls, and a ragged array, as documented", async () => {
  const table = TableSpec.fromPartial({
    tableId: 1,
    name: "units",
    rows: 3,
    columns: [
      { name: "quality", dataType: "float32", nullable: true, unit: "dB" },
      { name: "label", dataType: "string" },
    ],
  });
  const quality = {
    validity: Uint8Array.of(0b101),
    offsets: new Uint8Array(0),
    data: asBytes(Float32Array.of(1, 0, 3)),
  };
  const batch = { tableId: 1, firstRow: 0, rows: 3, columns: [quality, textColumn(["soma", "", "µ"])] };
  const stream = memoryStream([], { tables: [{ spec: table, batches: [batch] }] });
  const times = ArraySpec.fromPartial({
    arrayId: 1,
    name: "spikes/times",
    dataType: "float64",
    ragged: true,
    axes: [{ size: 3 }],
  });
  async function* frames() {
    const data = asBytes(Float64Array.of(0.5, 1.5, 2.5));
    const value = { arrayId: 1, firstRow: 0, rowLengths: [1, 0, 2], elementOffset: 0, data };
    yield { sequence: 0, content: { $case: "ragged" as const, value } };
    yield* stream.frames;
  }
  const { bytes } = await exportToMemory({ header: { ...stream.header, arrays: [times] }, frames: frames() });
  await withFile(bytes, (path) =>
    withHdf5(path, async (file) => {
      const numbers = async (at: string) => (await file.dataset(at)).readValues();
      expect(await numbers("arrays/spikes/times/values")).toEqual([0.5, 1.5, 2.5]);
      expect(await numbers("arrays/spikes/times/offsets")).toEqual([0n, 1n, 1n, 3n]);
      expect(await numbers("tables/units/quality")).toEqual([1, 0, 3]);
      expect(await numbers("nulls/units/quality")).toEqual([false, true, false]);
      expect(await numbers("tables/units/label")).toEqual(["soma", "", "µ"]);
      expect((await (await file.group("tables/units")).attributes()).get("columns")).toEqual(["quality", "label"]);
    }),
  );
});

test("what JSON cannot hold is a loss with its place; what HDF5 cannot hold, an error before the first byte", async () => {
  const { findings } = await exportToMemory(memoryStream([movie]));
  expect(findings.losses).toMatchObject([{ kind: LossKind.LOSS_KIND_DROPPED, field: "arrays.image", count: 1 }]);
  const deep = {
    ...movie,
    shape: Array.from({ length: 32 }, () => 1),
    axes: Array.from({ length: 32 }, (_, axis) => `d${axis}`),
    data: new Uint16Array(1),
  };
  const reasons = async (array: MemoryArray, options = {}, dataset = {}) =>
    (await hdf5.check(memoryStream([array], { dataset }).header, options)).problems
      ?.filter(isError)
      .map(({ reason }) => reason) ?? [];
  expect(await reasons(deep)).toEqual(["RANK_UNSUPPORTED"]);
  expect(await reasons(movie, { chunkShape: [1, 10] })).toEqual(["CHUNK_SHAPE_UNFIT"]);
  expect(await reasons({ ...movie, shape: [1, 65_536, 65_536] }, { chunkShape: [1, 65_536, 65_536] })).toEqual([
    "CHUNK_SHAPE_UNFIT",
  ]);
  expect(await reasons(movie, {}, { sessionStartTime: new Date(Number.NaN) })).toEqual(["TIME_INVALID"]);
  expect(await reasons(movie, { profile: "playnano", chunkShape: [1, 10, 10] })).toEqual(["OPTION_NOT_APPLICABLE"]);
  expect(await reasons(movie, { chunks: 3 })).toEqual(["OPTION_UNKNOWN"]);
});

test("sizes are foretold when all lengths are known, and are not exceeded", async () => {
  const stream = memoryStream([movie, mask]);
  const { artifactBytes, memoryBytes } = await hdf5.check(stream.header, { compression: "none" });
  const { bytes } = await exportToMemory(stream, { compression: "none" });
  expect(bytes.length).toBeLessThanOrEqual(artifactBytes as number);
  expect(artifactBytes).toBeLessThan(1.5 * bytes.length);
  expect(memoryBytes).toBeLessThan(2 ** 26);
  const open = memoryStream([movie], { unknownLength: true });
  expect((await hdf5.check(open.header, {})).artifactBytes).toBeUndefined();
});

test("a stream that ends early: the array is as long as it came, its labels too", async () => {
  const labels = ["a", "b", "c"];
  const stream = memoryStream([{ ...movie, axes: [{ name: "t", labels }, "y", "x"] }]);
  async function* frames() {
    let left = 2;
    for await (const frame of stream.frames) if (left-- > 0) yield frame;
  }
  const { bytes, findings } = await exportToMemory({ ...stream, frames: frames() });
  expect(findings.gaps).toEqual([{ array: "image", first: 2, count: 1, filled: false }]);
  await withFile(bytes, async (path) => {
    const { header } = await hdf5Loader.load(path, {});
    expect(header.arrays[0]?.axes[0]).toMatchObject({ size: 2, labels: ["a", "b"] });
  });
});

test("chunkShape is obeyed; a box of any shape may come", async () => {
  const stream = memoryStream([movie], { chunking: [2, 30, 7] });
  const { bytes } = await exportToMemory(stream, { chunkShape: [2, 64, 64], level: 1, shuffle: false });
  const facts = readStructure(bytes).datasets.get("/arrays/image");
  expect(facts?.filters).toEqual([1]);
  expect(facts?.chunks).toHaveLength(2 * 2 * 2);
  await withFile(bytes, async (path) => {
    expect(await gather(await hdf5Loader.load(path, {}))).toEqual(await gather(stream));
  });
});

test("what compression none cannot obey is refused", async () => {
  const { header } = memoryStream([movie]);
  const { problems } = await hdf5.check(header, { compression: "none", level: 4, shuffle: false });
  expect(problems).toMatchObject([
    { reason: "OPTION_NOT_APPLICABLE", field: "options.level", got: "4 with compression none" },
    { reason: "OPTION_NOT_APPLICABLE", field: "options.shuffle", got: "false with compression none" },
  ]);
});

test("a checkpoint is a whole file with all that came before, and what it is", async () => {
  const table = TableSpec.fromPartial({ tableId: 1, name: "frames", columns: [{ name: "number", dataType: "uint8" }] });
  const image = ArraySpec.fromPartial({
    arrayId: 1,
    name: "image",
    dataType: "uint8",
    axes: [{ name: "t" }, { name: "y", size: 1024 }, { name: "x", size: 1024 }].map((axis) => Axis.fromPartial(axis)),
  });
  const { header } = memoryStream([], { dataset: { metadata: { experimenter: "Ada" } } });
  async function* frames(): AsyncGenerator<Awaited<ReturnType<typeof chunkFrame>>> {
    for (let frame = 0; frame < 8; frame++) {
      const columns = [{ validity: new Uint8Array(0), offsets: new Uint8Array(0), data: Uint8Array.of(frame) }];
      yield { sequence: 0, content: { $case: "batch", value: { tableId: 1, firstRow: frame, rows: 1, columns } } };
      const data = new Uint8Array(2 ** 20).fill(frame);
      yield chunkFrame({ arrayId: 1, offset: [frame, 0, 0], shape: [1, 1024, 1024], data });
    }
  }
  const stream: DatasetStream = { header: { ...header, arrays: [image], tables: [table] }, frames: frames() };
  const file = new RecordingSink();
  await hdf5.export(stream, { compression: "none", checkpointMiB: 2 }, file.sink, testContext("file"));
  expect(file.checkpoints.length).toBeGreaterThanOrEqual(2);
  for (const part of file.checkpoints) {
    readCheckpoint(part);
    await withFile(part, async (path) => {
      const loaded = await hdf5Loader.load(path, {});
      const { digests, tables } = await gather(loaded);
      const length = digests[0]?.shape[0] as number;
      expect(length).toBeGreaterThanOrEqual(1);
      expect(loaded.header.dataset.metadata).toEqual({ experimenter: "Ada" });
      expect(tables["frames"]?.map(([number]) => Number.parseInt(number as string, 16))).toEqual(
        Array.from({ length: tables["frames"]?.length as number }, (_, row) => row),
      );
      expect(tables["frames"]?.length).toBeGreaterThanOrEqual(length);
    });
  }
});

test("without a directory there are no checkpoints", async () => {
  const { reason } = await problemOf(() => exportToMemory(memoryStream([movie]), { checkpointMiB: 1 }));
  expect(reason).toBe("CHECKPOINT_UNSUPPORTED");
});

/** Keeps the file as it is at every checkpoint. */
class RecordingSink {
  readonly checkpoints: Uint8Array[] = [];
  #bytes = Buffer.alloc(0);

  get sink(): Parameters<typeof hdf5.export>[2] {
    const replace = (head: Uint8Array) => {
      this.#bytes.set(head, 0);
    };
    const position = () => this.#bytes.length;
    const writer = {
      get position() {
        return position();
      },
      write: async (bytes: Uint8Array) => {
        this.#bytes = Buffer.concat([this.#bytes, bytes]);
      },
      rewriteHead: async (head: Uint8Array) => replace(head),
      checkpoint: async (head: Uint8Array) => {
        replace(head);
        this.checkpoints.push(new Uint8Array(this.#bytes));
      },
      close: async () => undefined,
    };
    return {
      create: async () => writer,
      prepare: async () => [],
      commit: async () => undefined,
      discard: async () => undefined,
    };
  }
}
