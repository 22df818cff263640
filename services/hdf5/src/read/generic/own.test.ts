import { expect, test } from "@jest/globals";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, withFile } from "../../testing/index.ts";
import { writeHdf5 } from "../../testing/write-file.ts";

const image = { name: "image", dataType: "uint8", shape: [2, 3, 4], data: new Uint8Array(24) } as const;
const spec = {
  arrayId: 1,
  name: "image",
  dataType: "uint8",
  axes: [
    { name: "t", size: "2" },
    { name: "y", size: "3" },
  ],
};

/** A file that says that it is of our layout, with one dataset. */
function ownFile(attributes: Record<string, string>, version = 1): Promise<Uint8Array> {
  return writeHdf5(async (root) => {
    root.attributes.set("sluice_layout", "sluice.generic");
    root.attributes.set("sluice_layout_version", version, "uint32");
    root.attributes.set("sluice_dataset", JSON.stringify({ name: "changed" }));
    const dataset = await root.writeDataset("arrays/image", new Uint8Array(10), { shape: [2, 5] });
    for (const [name, value] of Object.entries(attributes)) dataset.attributes.set(name, value);
  });
}

test("an array that other software has changed is read as it is now", async () => {
  await withFile(await ownFile({ sluice_spec: JSON.stringify(spec) }), async (path) => {
    const { header } = await hdf5Loader.load(path, {});
    expect(header.arrays[0]?.axes.map(({ name, size }) => [name, size])).toEqual([
      ["axis_0", 2],
      ["axis_1", 5],
    ]);
  });
});

test("a newer layout is refused, but for its datasets by name", async () => {
  await withFile(await ownFile({}, 2), async (path) => {
    expect(await problemOf(() => hdf5Loader.load(path, {}))).toMatchObject({ reason: "HDF5_LAYOUT_UNKNOWN", got: "2" });
    expect((await hdf5Loader.load(path, { dataset: "arrays/image" })).header.arrays).toHaveLength(1);
  });
});

test("the same dataset twice gives the same bytes", async () => {
  const [first, second] = [await exportToMemory(memoryStream([image])), await exportToMemory(memoryStream([image]))];
  expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
});
