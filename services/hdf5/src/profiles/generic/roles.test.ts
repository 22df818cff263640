import { expect, test } from "@jest/globals";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import { ArraySpec, DatasetSpec, TableSpec } from "@sluice/proto";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, withFile } from "../../testing/index.ts";
import { rolesOf } from "./roles.ts";

const dataset = DatasetSpec.fromPartial({
  name: "everything",
  imageStacks: [
    {
      imageArray: "image",
      lineRateHz: 40,
      channels: [{ name: "height", emissionNm: 510.5, color: 0xff00ff80 }],
      layers: [
        { name: "raw", array: "processed/raw" },
        { name: "step_1", array: "image" },
      ],
      maskArrays: ["masks/cell"],
      framesTable: "frames",
      imagingPlane: { location: "V1" },
      modality: "two-photon",
    },
  ],
  spikeTrains: [
    {
      timesArray: "spikes/times",
      samplingRateHz: 20_000,
      startTimeSeconds: -1,
      durationSeconds: 2.5,
      unitsTable: "units",
      rawArray: "raw",
    },
  ],
  segmentations: [
    { masksArray: "masks/cell", traceArrays: { dff: "raw" }, summaryArrays: { mean: "mean" }, samplingRateHz: 30 },
  ],
  responses: [{ epochsTable: "units", responseArrays: { peak: "raw" } }],
  kymographs: [{ imageArray: "mean", linePeriodSeconds: 0.001, analysisTables: { velocity: "frames" } }],
});

const arrays: MemoryArray[] = [
  { name: "image", dataType: "uint8", shape: [2, 3, 4], data: new Uint8Array(24) },
  { name: "processed/raw", dataType: "uint8", shape: [2, 3, 4], data: new Uint8Array(24) },
  { name: "masks/cell", dataType: "bool", shape: [2, 3, 4], data: new Uint8Array(24) },
  { name: "raw", dataType: "int16", shape: [5, 2], data: new Int16Array(10) },
  { name: "mean", dataType: "float32", shape: [3, 4], data: new Float32Array(12) },
];
const tables = ["frames", "units"].map((name, index) => ({
  spec: TableSpec.fromPartial({ tableId: index + 1, name, rows: 0, columns: [{ name: "id", dataType: "int32" }] }),
  batches: [],
}));

const times = ArraySpec.fromPartial({
  arrayId: 6,
  name: "spikes/times",
  dataType: "float64",
  ragged: true,
  axes: [{ name: "unit", size: 0 }],
});

test("arrays and tables know what they are, and the contents come back", async () => {
  const { header, frames } = memoryStream(arrays, { dataset, tables });
  const stream = { header: { ...header, arrays: [...header.arrays, times] }, frames };
  const { bytes } = await exportToMemory(stream);
  await withFile(bytes, async (path) => {
    expect((await hdf5Loader.load(path, {})).header).toEqual(stream.header);
    await withHdf5(path, async (file) => {
      const rolesAt = async (at: string) =>
        (await ((await file.kindOf(at)) === "group" ? await file.group(at) : await file.dataset(at)).attributes()).get(
          "roles",
        );
      expect(await rolesAt("arrays/image")).toEqual(["imageStacks/0/imageArray", "imageStacks/0/layers/1"]);
      expect(await rolesAt("arrays/raw")).toEqual([
        "spikeTrains/0/rawArray",
        "segmentations/0/traceArrays/dff",
        "responses/0/responseArrays/peak",
      ]);
      expect(await rolesAt("tables/frames")).toEqual([
        "imageStacks/0/framesTable",
        "kymographs/0/analysisTables/velocity",
      ]);
    });
  });
});

test("every place of a dataset that names an array or a table is a role", () => {
  const places = [...rolesOf(dataset)].flatMap(([name, roles]) => roles.map((role) => `${role} ${name}`));
  expect(places).toHaveLength(15);
  expect(places).toContain("imageStacks/0/maskArrays/0 masks/cell");
  expect(places).toContain("segmentations/0/summaryArrays/mean mean");
});
