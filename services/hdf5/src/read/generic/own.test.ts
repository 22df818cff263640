import { expect, test } from "@jest/globals";
import { type DatasetStream, digestsOf, SluiceError } from "@sluice/core";
import { memoryStream, problemOf } from "@sluice/core/testing";
import { withHdf5 } from "@sluice/hdf5";
import fc from "fast-check";
import { hdf5Loader } from "../../loader.ts";
import { exportToMemory, randomStream, withFile } from "../../testing/index.ts";
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
function ownFile(
  attributes: Record<string, string>,
  version = 1,
  json: object = { name: "changed" },
): Promise<Uint8Array> {
  return writeHdf5(async (root) => {
    root.attributes.set("sluice_layout", "sluice.generic");
    root.attributes.set("sluice_layout_version", version, "uint32");
    root.attributes.set("sluice_dataset", JSON.stringify(json));
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

test("texts that are no JSON, headers that do not hold together, are refused", async () => {
  await withFile(await ownFile({ sluice_spec: '{"axes":[{"type":"AXIS"}]}' }), async (path) => {
    const { reason, field } = await problemOf(() => hdf5Loader.load(path, {}));
    expect([reason, field]).toEqual(["HDF5_LAYOUT_INVALID", "/arrays/image@sluice_spec"]);
  });
  await withFile(await ownFile({ sluice_spec: "{" }), async (path) => {
    const { reason, field } = await problemOf(() => hdf5Loader.load(path, {}));
    expect([reason, field]).toEqual(["HDF5_LAYOUT_INVALID", "/arrays/image@sluice_spec"]);
  });
  const stack = { name: "image", imageStacks: [{ imageArray: "gone" }] };
  await withFile(await ownFile({ sluice_spec: JSON.stringify(spec) }, 1, stack), async (path) => {
    expect((await problemOf(() => hdf5Loader.load(path, {}))).reason).toBe("ARRAY_MISSING");
  });
});

test("damaged files end in a reason, or in the values", async () => {
  const { bytes } = await exportToMemory(fc.sample(randomStream, { seed: 3, numRuns: 12 }).at(-1) as DatasetStream);
  let state = 7;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 30; round++) {
    const damaged = bytes.slice(0, round % 4 === 0 ? random(bytes.length) : undefined);
    for (let change = random(5); change >= 0 && damaged.length > 0; change--) {
      damaged[random(damaged.length)] = random(256);
    }
    const outcome = await withFile(damaged, async (path) =>
      hdf5Loader
        .load(path, {})
        .then(digestsOf)
        .catch((error: unknown) => error),
    );
    if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(SluiceError);
  }
});

test("a group that holds itself is refused", async () => {
  const file = await writeHdf5(async (root) => {
    root.attributes.set("sluice_layout", "sluice.generic");
    root.attributes.set("sluice_layout_version", 1, "uint32");
    root.attributes.set("sluice_dataset", "{}");
    await root.writeDataset("arrays/a/image", new Uint8Array(3));
  });
  const bytes = Buffer.from(file);
  const addresses = await withFile(bytes, (path) =>
    withHdf5(path, async (root) => [
      await (await root.group("arrays/a")).address(),
      await (await root.dataset("arrays/a/image")).address(),
    ]),
  );
  const [group, dataset] = addresses.map((address) => {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(address));
    return number;
  }) as [Buffer, Buffer];
  group.copy(bytes, bytes.indexOf(dataset));
  await withFile(bytes, async (path) => {
    expect(await problemOf(() => hdf5Loader.load(path, {}))).toMatchObject({
      reason: "HDF5_LAYOUT_INVALID",
      field: "/arrays/a/image",
    });
  });
});

test("datasets that are not of their column's type are refused, not taken for others", async () => {
  const table = { tableId: 1, name: "cells", rows: "2", columns: [{ name: "depth", dataType: "float64" }] };
  const ragged = { ...spec, ragged: true, axes: [{ name: "t", size: "2" }] };
  const bytes = (offsets: "uint64" | "float32") =>
    writeHdf5(async (root) => {
      root.attributes.set("sluice_layout", "sluice.generic");
      root.attributes.set("sluice_layout_version", 1, "uint32");
      root.attributes.set("sluice_dataset", "{}");
      const rows = root.createGroup("arrays/image");
      rows.attributes.set("sluice_spec", JSON.stringify(ragged));
      await rows.writeDataset("values", new Uint8Array(3));
      await rows.writeDataset(
        "offsets",
        offsets === "uint64" ? BigUint64Array.of(0n, 1n, 3n) : Float32Array.of(0, 1, 3),
      );
      const cells = root.createGroup("tables/cells");
      cells.attributes.set("sluice_spec", JSON.stringify(table));
      await cells.writeDataset("depth", ["a", "b"]);
    });
  await withFile(await bytes("float32"), async (path) => {
    expect(await problemOf(() => hdf5Loader.load(path, {}))).toMatchObject({
      reason: "HDF5_LAYOUT_INVALID",
      field: "/arrays/image/offsets",
      got: "float32 [3]",
    });
  });
  await withFile(await bytes("uint64"), async (path) => {
    expect(await problemOf(() => hdf5Loader.load(path, {}))).toMatchObject({
      reason: "HDF5_LAYOUT_INVALID",
      field: "/tables/cells/depth",
      got: "text [2]",
    });
  });
});
