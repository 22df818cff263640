import { expect, test } from "@jest/globals";
import { asElements, type DatasetStream } from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import { hdf5 } from "../../exporter.ts";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, gather, withFile } from "../../testing/index.ts";

const axes = [
  { name: "t", unit: "second", coordinatesArray: "timestamps" },
  { name: "y", unit: "nanometer", scale: 0.5 },
  { name: "x", unit: "nanometer", scale: 0.5 },
];
const shape = [2, 1, 3];

/** A movie of uint16 whose last layer is the image itself, with a mask, and an array that playNano has no place for. */
function movie(modality = "atomic force microscopy"): DatasetStream {
  const arrays: MemoryArray[] = [
    { name: "image", dataType: "uint16", shape, data: Uint16Array.of(1, 2, 3, 4, 5, 65_535), axes },
    { name: "timestamps", dataType: "float64", shape: [2], data: Float64Array.of(0, 2.5), axes: ["t"] },
    { name: "processed/raw", dataType: "float64", shape, data: Float64Array.of(0.1, 2, 3, 4, 5, 6), axes },
    { name: "masks/step_1_mask", dataType: "bool", shape, data: Uint8Array.of(0, 1, 0, 1, 0, 1), axes },
    { name: "other", dataType: "int64", shape: [1], data: BigInt64Array.of(-1n) },
  ];
  return memoryStream(arrays, {
    imageStack: {
      modality,
      channels: [{ name: "height_trace" }],
      layers: [
        { name: "raw", array: "processed/raw" },
        { name: "step_2_filter", array: "image" },
      ],
      maskArrays: ["masks/step_1_mask"],
    },
  });
}

test("playNano's names lead to the arrays of the generic layout", async () => {
  const { bytes, findings } = await exportToMemory(movie());
  expect(findings.losses).toEqual([]);
  await withFile(bytes, (path) =>
    withHdf5(path, async (file) => {
      expect((await file.children()).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
        "arrays group",
        "data soft-link",
        "frame_metadata_json dataset",
        "masks group",
        "processed group",
        "provenance_json dataset",
        "timestamps dataset",
      ]);
      const numbers = async (name: string, type: "uint16" | "float64") => [
        ...asElements(type, await (await file.dataset(name)).read()),
      ];
      expect(await numbers("data", "uint16")).toEqual([1, 2, 3, 4, 5, 65_535]);
      expect(await numbers("processed/step_2_filter", "uint16")).toEqual([1, 2, 3, 4, 5, 65_535]);
      expect(await numbers("processed/raw", "float64")).toEqual([0.1, 2, 3, 4, 5, 6]);
      expect([...(await (await file.dataset("masks/step_1_mask")).read())]).toEqual([0, 1, 0, 1, 0, 1]);
      expect(await numbers("timestamps", "float64")).toEqual([0, 2.5]);
      const [text = ""] = await (await file.dataset("frame_metadata_json")).readText();
      expect(JSON.parse(text)).toEqual([
        { timestamp: 0, frame_pixel_size_nm: 0.5 },
        { timestamp: 2.5, frame_pixel_size_nm: 0.5 },
      ]);
      expect((await file.attributes()).get("pixel_size_nm")).toBe(0.5);
      expect((await file.attributes()).get("channel")).toBe("height_trace");
    }),
  );
});

test("everything comes back as it was, and as a bundle when that is asked for", async () => {
  const { bytes } = await exportToMemory(movie());
  await withFile(bytes, async (path) => {
    const loaded = await hdf5Loader.load(path, {});
    expect(loaded.header.arrays.map(({ name, dataType }) => [name, dataType])).toEqual(
      movie().header.arrays.map(({ name, dataType }) => [name, dataType]),
    );
    expect(loaded.header.dataset).toEqual(movie().header.dataset);
    expect(await gather(loaded)).toEqual(await gather(movie()));
    const bundle = await hdf5Loader.load(path, { profile: "playnano" });
    expect(bundle.header.arrays.map(({ name }) => name)).toEqual([
      "image",
      "timestamps",
      "processed/raw",
      "processed/step_2_filter",
      "masks/step_1_mask",
    ]);
  });
});

test("what is no movie of an atomic force microscope, or no bundle, is generic alone; so is what is asked for", async () => {
  const names = async (stream: DatasetStream, options = {}) => {
    const { bytes } = await exportToMemory(stream, options);
    return withFile(bytes, (path) => withHdf5(path, async (file) => (await file.children()).map(({ name }) => name)));
  };
  expect(await names(movie("two-photon"))).toEqual(["arrays"]);
  expect(await names(movie(), { profile: "generic" })).toEqual(["arrays"]);
  expect((await hdf5.check(movie().header, { chunkShape: [1, 1, 3] })).problems ?? []).toEqual([]);
});
