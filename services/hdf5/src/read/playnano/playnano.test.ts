import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { asBytes, asElements, type DatasetStream, SluiceError } from "@sluice/core";
import { collect, memoryStream } from "@sluice/core/testing";
import { fixedText, Hdf5Writer } from "@sluice/hdf5";
import { memorySink } from "@sluice/sink/testing";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, gather, withFile } from "../../testing/index.ts";

const folder = fileURLToPath(new URL("../../../../../../shared/data/playnano/", import.meta.url));
const sampleTest = existsSync(folder)
  ? test
  : (name: string, work: () => Promise<void>) =>
      test.skip(`${name} (SKIPPED: ../shared/data/playnano is not there)`, work);

interface Parts {
  readonly data?: readonly number[] | undefined;
  readonly mask?: readonly number[];
  readonly timestamps?: number;
  readonly pixelSizeNm?: number | undefined;
  readonly frames?: string | undefined;
  readonly provenance?: string | undefined;
  readonly backups?: string;
  readonly channel?: number;
}

const whole: Parts = {
  data: [2, 2, 3],
  pixelSizeNm: 1.5,
  frames: '[{"timestamp": 0.5}, {"timestamp": NaN, "note": "NaN"}]',
  provenance: '{"processing": {"steps": []}}',
};

/** A bundle of these parts, as h5py would write it. */
async function bundle(parts: Parts): Promise<Uint8Array> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("file.h5", "application/x-hdf5"));
  const movie = async (path: string, shape: readonly number[], type: "float32" | "bool") => {
    const count = shape.reduce((product, length) => product * length, 1);
    const data = type === "bool" ? new Uint8Array(count).fill(1) : Float32Array.from({ length: count }, (_, at) => at);
    await file.root.writeDataset(path, data, { type, shape });
  };
  if (parts.data) await movie("data", parts.data, "float32");
  if (parts.mask) await movie("masks/step_1_mask", parts.mask, "bool");
  if (parts.timestamps !== undefined) await file.root.writeDataset("timestamps", new Float64Array(parts.timestamps));
  for (const [name, text] of [
    ["frame_metadata_json", parts.frames],
    ["provenance_json", parts.provenance],
    ["state_backups_json", parts.backups],
  ] as const) {
    if (text !== undefined) await file.root.writeDataset(name, text, { type: fixedText(text.length) });
  }
  if (parts.pixelSizeNm !== undefined) file.root.attributes.set("pixel_size_nm", parts.pixelSizeNm, "float64");
  if (parts.channel === undefined) file.root.attributes.set("channel", "height_trace");
  else file.root.attributes.set("channel", parts.channel, "float64");
  await file.close();
  return sink.files.get("file.h5") as Uint8Array;
}

function load(bytes: Uint8Array): Promise<DatasetStream> {
  return withFile(bytes, (path) => hdf5Loader.load(path, {}));
}

/** Elements of a movie that was read. */
async function elementsOf(path: string, name: string): Promise<Uint8Array> {
  const { header, frames } = await hdf5Loader.load(path, {});
  const id = header.arrays.find((array) => array.name === name)?.arrayId;
  const parts = (await collect(frames)).flatMap(({ content }) =>
    content?.$case === "chunk" && content.value.arrayId === id ? [content.value.data] : [],
  );
  return new Uint8Array(Buffer.concat(parts));
}

sampleTest("a bundle that playNano's contract describes comes back whole", async () => {
  const path = `${folder}pn_bundle_filtered.h5`;
  const { header } = await hdf5Loader.load(path, {});
  const [stack] = header.dataset.imageStacks;
  expect(stack).toMatchObject({
    imageArray: "image",
    lineRateHz: 40,
    channels: [{ name: "height_trace" }],
    layers: [
      { name: "raw", array: "processed/raw" },
      { name: "step_1_row_median_align", array: "processed/step_1_row_median_align" },
    ],
    maskArrays: ["masks/step_2_mask_threshold"],
    framesTable: "frames",
  });
  expect(header.arrays.map(({ name, dataType, axes }) => [name, dataType, axes.map(({ size }) => size)])).toEqual([
    ["image", "float32", [4, 12, 10]],
    ["timestamps", "float64", [4]],
    ["processed/raw", "float32", [4, 12, 10]],
    ["processed/step_1_row_median_align", "float32", [4, 12, 10]],
    ["masks/step_2_mask_threshold", "bool", [4, 12, 10]],
  ]);
  expect(header.arrays[0]?.axes[2]).toMatchObject({ name: "x", unit: "nanometer", scale: 1.171875 });
  expect(header.dataset.provenance?.steps).toEqual([
    {
      name: "row_median_align",
      software: "playnano",
      softwareVersion: "",
      parameters: {},
      time: new Date("2026-01-01T00:00:00Z"),
      input: "processed/raw",
      output: "processed/step_1_row_median_align",
    },
    {
      name: "mask_threshold",
      software: "playnano",
      softwareVersion: "",
      parameters: { threshold: 1 },
      time: new Date("2026-01-01T00:00:00Z"),
      input: "processed/step_1_row_median_align",
      output: "masks/step_2_mask_threshold",
    },
  ]);
  const npy = await readFile(`${folder}pn_bundle_data_4x12x10_f32.npy`);
  const expected = npy.subarray(npy.length - 4 * 12 * 10 * 4);
  expect(Buffer.compare(await elementsOf(path, "image"), expected)).toBe(0);
  const times = asElements("float64", await elementsOf(path, "timestamps"));
  expect([...times]).toEqual([0, 3.2, 6.4, 9.600000000000001]);
});

sampleTest("what is read from a bundle is written again as it was", async () => {
  const path = `${folder}pn_bundle_filtered.h5`;
  const { bytes } = await exportToMemory(await hdf5Loader.load(path, {}), { profile: "playnano" });
  await withFile(bytes, async (again) => {
    const [first, second] = [await hdf5Loader.load(path, {}), await hdf5Loader.load(again, {})];
    const record = (stream: DatasetStream) => stream.header.dataset.records?.["playnano.provenance"] as object;
    const { acquisition, ...provenance } = record(second) as Record<string, unknown>;
    expect(provenance).toEqual(record(first));
    expect(acquisition).toEqual({ sluice: { source: "pn_bundle_filtered.h5", modality: "atomic force microscopy" } });
    expect(second.header.arrays).toEqual(first.header.arrays);
    expect(second.header.tables).toEqual(first.header.tables);
    expect(await gather(second)).toEqual(await gather(first));
  });
});

test("frames of the acquisition, metadata and records come back from our own bundles", async () => {
  const axes = ["t", { name: "y", unit: "um", scale: 0.001 }, { name: "x", unit: "um", scale: 0.001 }];
  const image = {
    name: "image",
    dataType: "float32" as const,
    shape: [2, 1, 2],
    data: Float32Array.of(1, 2, 3, 4),
    axes,
  };
  const spec = {
    tableId: 1,
    name: "frames",
    columns: [
      { name: "line_rate", dataType: "float64", unit: "Hz", nullable: true, description: "" },
      { name: "gain", dataType: "int16", unit: "", nullable: false, description: "" },
      { name: "note", dataType: "string", unit: "", nullable: false, description: "" },
    ],
    rows: 2,
    attributes: undefined,
  };
  const none = new Uint8Array(0);
  const columns = [
    { validity: Uint8Array.of(0b01), offsets: none, data: asBytes(Float64Array.of(40, 0)) },
    { validity: none, offsets: none, data: asBytes(Int16Array.of(-3, 4)) },
    { validity: none, offsets: asBytes(Int32Array.of(0, 1, 3)), data: Buffer.from("aµ") },
  ];
  const stream = memoryStream([image], {
    imageStack: { framesTable: "frames", channels: [] },
    dataset: { metadata: { experimenter: "A" }, records: { note: { a: [1, null] } } },
    tables: [{ spec, batches: [{ tableId: 1, firstRow: 0, rows: 2, columns }] }],
  });
  const { bytes } = await exportToMemory(stream, { profile: "playnano" });
  await withFile(bytes, async (path) => {
    const loaded = await hdf5Loader.load(path, {});
    const { dataset, tables, arrays } = loaded.header;
    expect(dataset.metadata).toEqual({ experimenter: "A" });
    expect(dataset.records).toMatchObject({ note: { a: [1, null] } });
    expect(arrays.map(({ name }) => name)).toEqual(["image"]);
    expect(arrays[0]?.axes[1]).toMatchObject({ scale: 1, unit: "nanometer" });
    expect(tables[0]?.columns.map(({ name, dataType }) => [name, dataType])).toEqual([
      ["frame_pixel_size_nm", "float64"],
      ["line_rate", "float64"],
      ["gain", "float64"],
      ["note", "string"],
    ]);
    const hex = (value: number) => Buffer.from(asBytes(Float64Array.of(value))).toString("hex");
    expect((await gather(loaded)).tables).toEqual({
      frames: [
        [hex(1), hex(40), hex(-3), "a"],
        [hex(1), null, hex(4), "µ"],
      ],
    });
  });
});

test("JSON as Python writes it: NaN is no time", async () => {
  await withFile(await bundle(whole), async (path) => {
    const times = asElements("float64", await elementsOf(path, "timestamps"));
    expect([...times]).toEqual([0.5, Number.NaN]);
  });
});

test("stored times stand in where the metadata are of other frames", async () => {
  await withFile(await bundle({ ...whole, frames: '[{"timestamp": 9}]', timestamps: 2 }), async (path) => {
    expect([...asElements("float64", await elementsOf(path, "timestamps"))]).toEqual([0, 0]);
  });
});

const faults: readonly [string, Parts, string, string][] = [
  ["no data", { data: undefined }, "PLAYNANO_PART_MISSING", "data"],
  ["no pixel size", { pixelSizeNm: undefined }, "PLAYNANO_PART_MISSING", "pixel_size_nm"],
  ["no metadata", { frames: undefined }, "PLAYNANO_PART_MISSING", "frame_metadata_json"],
  ["no provenance", { provenance: undefined }, "PLAYNANO_PART_MISSING", "provenance_json"],
  ["metadata that are no JSON", { frames: "not-a-json" }, "PLAYNANO_JSON_INVALID", "frame_metadata_json"],
  ["metadata that are no list", { frames: "{}" }, "PLAYNANO_JSON_INVALID", "frame_metadata_json"],
  ["provenance that is no JSON", { provenance: "not-a-json" }, "PLAYNANO_JSON_INVALID", "provenance_json"],
  ["backups that are no JSON", { backups: "not-a-json" }, "PLAYNANO_JSON_INVALID", "state_backups_json"],
  ["pixels of no size", { pixelSizeNm: 0 }, "PLAYNANO_PIXEL_SIZE_INVALID", "pixel_size_nm"],
  ["a channel that is no text", { channel: 1 }, "PLAYNANO_TYPE_INVALID", "channel"],
  ["data of two axes", { data: [2, 3] }, "PLAYNANO_SHAPE_INVALID", "data"],
  ["a mask of another shape", { mask: [2, 2, 2] }, "PLAYNANO_SHAPE_INVALID", "masks/step_1_mask"],
  ["times of other frames", { timestamps: 3 }, "PLAYNANO_SHAPE_INVALID", "timestamps"],
  ["more entries than frames", { frames: "[{}, {}, {}]" }, "PLAYNANO_SHAPE_INVALID", "frame_metadata_json"],
];

test.each(faults)("refuses %s", async (_, parts, reason, field) => {
  const bytes = await bundle({ ...whole, ...parts });
  const error = await load(bytes).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof SluiceError)) throw error;
  expect(error.problem).toMatchObject({ reason, field });
  if (reason === "PLAYNANO_PART_MISSING") expect(error.problem.message).toBe(`The bundle is missing '${field}'.`);
  if (reason === "PLAYNANO_JSON_INVALID") expect(error.problem.message).toContain(`invalid JSON in '${field}'`);
});
