import { expect, test } from "@jest/globals";
import {
  ArraySpec,
  Axis,
  DatasetSpec,
  ImageStack,
  Kymograph,
  Responses,
  Segmentation,
  SpikeTrains,
  TableSpec,
} from "@sluice/proto";
import fc from "fast-check";
import { checkHeader } from "./header.ts";
import type { DatasetHeader } from "./stream.ts";

function axis(name: string, size?: number, more: Partial<Axis> = {}): Axis {
  return Axis.fromPartial({ name, size, ...more });
}

function image(more: Partial<ArraySpec> = {}): ArraySpec {
  const axes = [axis("t", 4), axis("y", 3), axis("x", 2)];
  return ArraySpec.fromPartial({ arrayId: 1, name: "image", dataType: "uint16", axes, ...more });
}

function headerOf(arrays: ArraySpec[], dataset: Partial<DatasetSpec> = {}, tables: TableSpec[] = []): DatasetHeader {
  return { dataset: DatasetSpec.fromPartial({ name: "test", ...dataset }), arrays, tables };
}

function faultsOf(header: DatasetHeader): string[] {
  return checkHeader(header).map(({ reason, field }) => `${reason} ${field}`);
}

test("a sound header has no fault", () => {
  const times = ArraySpec.fromPartial({ arrayId: 2, name: "times", dataType: "float64", axes: [axis("t", 4)] });
  const mask = image({ arrayId: 3, name: "masks/threshold", dataType: "bool", fillValue: Uint8Array.of(0) });
  const open = [axis("t", undefined, { coordinatesArray: "times", scale: 0.5 }), axis("y", 3), axis("x", 2)];
  const stack = ImageStack.fromPartial({ imageArray: "image", maskArrays: ["masks/threshold"], framesTable: "frames" });
  const columns = [
    { name: "quality", dataType: "float32" },
    { name: "note", dataType: "string" },
  ];
  const frames = TableSpec.fromPartial({ tableId: 1, name: "frames", rows: 4, columns });
  expect(checkHeader(headerOf([image({ axes: open }), times, mask], { imageStacks: [stack] }, [frames]))).toEqual([]);
});

test.each<[string, Partial<ArraySpec>, string[]]>([
  ["id zero", { arrayId: 0 }, ["ID_INVALID arrays.image.array_id"]],
  ["no name", { name: "" }, ["NAME_INVALID arrays[0].name"]],
  ["a name that climbs", { name: "../image" }, ["NAME_INVALID arrays[0].name"]],
  ["an unknown data type", { dataType: "uint12" }, ["DATA_TYPE_UNKNOWN arrays.image.data_type"]],
  ["a data type of Object.prototype", { dataType: "toString" }, ["DATA_TYPE_UNKNOWN arrays.image.data_type"]],
  ["rank 0", { axes: [] }, ["RANK_INVALID arrays.image.axes"]],
  ["rank 33", { axes: Array.from({ length: 33 }, () => axis("", 1)) }, ["RANK_INVALID arrays.image.axes"]],
  ["ragged of rank 2", { axes: [axis("unit", 2), axis("", 3)], ragged: true }, ["RANK_INVALID arrays.image.axes"]],
  ["an unknown inner size", { axes: [axis("y", 3), axis("x")] }, ["SIZE_UNKNOWN arrays.image.axes[1].size"]],
  ["an inner size of 0", { axes: [axis("y", 3), axis("x", 0)] }, ["SIZE_INVALID arrays.image.axes[1].size"]],
  ["a size that is no number", { axes: [axis("x", Number.NaN)] }, ["SIZE_INVALID arrays.image.axes[0].size"]],
  ["a negative size", { axes: [axis("x", -1)] }, ["SIZE_INVALID arrays.image.axes[0].size"]],
  [
    "more bytes than can be counted",
    { axes: [axis("", 2 ** 30), axis("", 2 ** 23)] },
    ["SHAPE_TOO_LARGE arrays.image.axes"],
  ],
  ["two axes of one name", { axes: [axis("x", 3), axis("x", 2)] }, ["AXIS_DUPLICATE arrays.image.axes[1].name"]],
  ["a scale of 0", { axes: [axis("x", 3, { scale: 0 })] }, ["NUMBER_INVALID arrays.image.axes[0].scale"]],
  ["too few labels", { axes: [axis("c", 3, { labels: ["a"] })] }, ["LABELS_MISMATCH arrays.image.axes[0].labels"]],
  ["a long fill value", { fillValue: new Uint8Array(3) }, ["FILL_VALUE_INVALID arrays.image.fill_value"]],
  ["a chunk shape of 0", { chunkShape: [1, 0, 2] }, ["CHUNK_SHAPE_INVALID arrays.image.chunk_shape"]],
  ["a chunk shape of another rank", { chunkShape: [1, 2] }, ["CHUNK_SHAPE_INVALID arrays.image.chunk_shape"]],
  ["an unknown order", { order: 7 as never }, ["CHUNK_ORDER_UNKNOWN arrays.image.order"]],
  ["an infinite value scale", { valueScale: Number.POSITIVE_INFINITY }, ["NUMBER_INVALID arrays.image.value_scale"]],
  [
    "coordinates that are not there",
    { axes: [axis("t", 4, { coordinatesArray: "times" })] },
    ["ARRAY_MISSING arrays.image.axes[0].coordinates_array"],
  ],
  [
    "coordinates of another length",
    { axes: [axis("t", 4, { coordinatesArray: "three" })] },
    ["REFERENCE_UNFIT arrays.image.axes[0].coordinates_array"],
  ],
])("names %s", (_title, more, expected) => {
  const three = ArraySpec.fromPartial({ arrayId: 9, name: "three", dataType: "float64", axes: [axis("t", 3)] });
  expect(faultsOf(headerOf([image(more), three]))).toEqual(expected);
});

test("names repeated ids and names, of arrays, tables and columns, all at once", () => {
  const columns = [
    { name: "a", dataType: "int32" },
    { name: "a", dataType: "text" },
  ];
  const table = TableSpec.fromPartial({ tableId: 1, name: "frames", columns });
  expect(faultsOf(headerOf([image(), image()], {}, [table, { ...table, rows: -1, columns: [] }]))).toEqual([
    "ID_DUPLICATE arrays.image.array_id",
    "NAME_DUPLICATE arrays.image.name",
    "ID_DUPLICATE tables.frames.table_id",
    "NAME_DUPLICATE tables.frames.name",
    "NAME_DUPLICATE tables.frames.columns.a.name",
    "DATA_TYPE_UNKNOWN tables.frames.columns.a.data_type",
    "SIZE_INVALID tables.frames.rows",
  ]);
});

test("names what an image stack lacks", () => {
  const stack = ImageStack.fromPartial({
    imageArray: "image",
    channels: [{ name: "a" }, { name: "b", emissionNm: -1 }],
    layers: [{ name: "step_1", array: "layer" }],
    maskArrays: ["image", "small"],
    framesTable: "frames",
    lineRateHz: 0,
  });
  const small = image({
    arrayId: 2,
    name: "small",
    dataType: "bool",
    axes: [axis("t", 4), axis("y", 3), axis("x", 1)],
  });
  expect(faultsOf(headerOf([image(), small], { imageStacks: [stack] }))).toEqual([
    "ARRAY_MISSING dataset.image_stacks[0].layers[0].array",
    "REFERENCE_UNFIT dataset.image_stacks[0].mask_arrays[0]",
    "REFERENCE_UNFIT dataset.image_stacks[0].mask_arrays[1]",
    "TABLE_MISSING dataset.image_stacks[0].frames_table",
    "NUMBER_INVALID dataset.image_stacks[0].line_rate_hz",
    "NUMBER_INVALID dataset.image_stacks[0].channels[1].emission_nm",
    "CHANNELS_MISMATCH dataset.image_stacks[0].channels",
  ]);
});

test.each(["x,y", "t,y", "y", "t,t,y,x", "roi,y,x", "y,x,c"])("refuses an image with the axes %s", (names) => {
  const axes = names.split(",").map((name) => axis(name, 2));
  const stack = ImageStack.fromPartial({ imageArray: "image" });
  expect(faultsOf(headerOf([image({ axes })], { imageStacks: [stack] }))).toContain(
    "REFERENCE_UNFIT dataset.image_stacks[0].image_array",
  );
});

test("names what the other contents lack", () => {
  const dataset = {
    spikeTrains: [SpikeTrains.fromPartial({ timesArray: "image", rawArray: "raw", unitsTable: "units" })],
    segmentations: [Segmentation.fromPartial({ traceArrays: { dff: "image" }, summaryArrays: { mean: "" } })],
    responses: [Responses.fromPartial({ responseArrays: { mean: "nothing" }, trialsTable: "trials" })],
    kymographs: [Kymograph.fromPartial({ analysisTables: { velocity: "velocity" }, linePeriodSeconds: 0 })],
  };
  expect(faultsOf(headerOf([image()], dataset))).toEqual([
    "REFERENCE_UNFIT dataset.spike_trains[0].times_array",
    "ARRAY_MISSING dataset.spike_trains[0].raw_array",
    "TABLE_MISSING dataset.spike_trains[0].units_table",
    'REFERENCE_UNFIT dataset.segmentations[0].trace_arrays["dff"]',
    'ARRAY_MISSING dataset.segmentations[0].summary_arrays["mean"]',
    "TABLE_MISSING dataset.responses[0].trials_table",
    'ARRAY_MISSING dataset.responses[0].response_arrays["mean"]',
    "ARRAY_MISSING dataset.kymographs[0].image_array",
    'TABLE_MISSING dataset.kymographs[0].analysis_tables["velocity"]',
    "NUMBER_INVALID dataset.kymographs[0].line_period_seconds",
  ]);
});

test("whatever numbers and names are sent, it answers with problems that are short", () => {
  const numbers = fc.oneof(fc.double(), fc.constantFrom(0, -1, 2 ** 53, 2 ** 63, Number.NaN, undefined));
  const axes = fc.array(fc.record({ name: fc.string(), size: numbers, scale: numbers }), { maxLength: 40 });
  const specs = fc.array(
    fc.record({
      arrayId: fc.double(),
      name: fc.string({ maxLength: 1000, size: "max" }),
      dataType: fc.string({ maxLength: 1000, size: "max" }),
      fillValue: fc.uint8Array({ maxLength: 20 }),
      chunkShape: fc.array(fc.double(), { maxLength: 40 }),
      axes,
    }),
    { maxLength: 3 },
  );
  const property = fc.property(specs, (arrays) => {
    for (const { message, got, field } of checkHeader(headerOf(arrays.map((array) => ArraySpec.fromPartial(array))))) {
      expect(Math.max(message.length, got.length, field.length)).toBeLessThan(1000);
    }
  });
  fc.assert(property, { numRuns: 100 });
});
