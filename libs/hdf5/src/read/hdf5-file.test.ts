import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { asElements, SluiceError } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import * as h5wasm from "h5wasm/node";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import { ObjectReference } from "./element.ts";
import { openHdf5, withHdf5 } from "./hdf5-file.ts";

let folder = "";
let path = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  path = join(folder, "small.h5");
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const file = new h5wasm.File(path, "w");
  const group = file.create_group("group");
  group.create_attribute("fixed", "height", [], "S8");
  group.create_attribute("variable", "µm", [], "S");
  group.create_attribute("numbers", [1, 2.5], [2], "<d");
  group.create_attribute("large", BigInt64Array.of(2n ** 60n), [1], "<q");
  group.create_attribute("texts", ["a", "b"], [2], "S");
  const counting = Int32Array.from({ length: 24 }, (_, index) => index - 3);
  group.create_dataset({
    name: "counting",
    data: counting,
    shape: [6, 4],
    dtype: "<i",
    chunks: [6, 1],
    compression: "gzip",
  });
  group.create_dataset({ name: "times", data: BigInt64Array.of(5n, -6n), shape: [2, 1], dtype: "<q" });
  group.create_dataset({ name: "scalar", data: 7.5, shape: [], dtype: "<d" });
  group.create_dataset({ name: "text", data: ["x"], shape: [1], dtype: "S" });
  group.create_attribute("reference", group.create_reference(), [], "Reference");
  file.create_soft_link("/group/counting", "link");
  file.create_soft_link("/nothing", "broken");
  file.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

async function problemOf(work: () => unknown) {
  try {
    await work();
  } catch (error) {
    if (error instanceof SluiceError) return error.problem;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("lists groups, their members and their kinds", async () => {
  await withHdf5(path, async (file) => {
    expect(await file.children()).toEqual([
      { name: "broken", kind: "soft-link", target: "/nothing" },
      { name: "group", kind: "group" },
      { name: "link", kind: "soft-link", target: "/group/counting", leadsTo: "dataset" },
    ]);
    const names = (await (await file.group("group")).children()).map(({ name }) => name);
    expect(names).toEqual(["counting", "scalar", "text", "times"]);
    const paths = ["group", "link", "/group/times", "group//times/", "/", "broken", "nothing", "nothing/at/all"];
    const kinds = await Promise.all(paths.map((name) => file.kindOf(name)));
    expect(kinds).toEqual(["group", "dataset", "dataset", "dataset", "group", undefined, undefined, undefined]);
    expect(await Promise.all(paths.map((name) => file.has(name)))).toEqual(kinds.map((kind) => kind !== undefined));
  });
});

test("reads attributes of numbers, of fixed and variable text, and references", async () => {
  await withHdf5(path, async (file) => {
    expect([...(await (await file.group("group")).attributes())]).toEqual([
      ["fixed", "height"],
      ["large", [2n ** 60n]],
      ["numbers", [1, 2.5]],
      ["reference", new ObjectReference("/group")],
      ["texts", ["a", "b"]],
      ["variable", "µm"],
    ]);
  });
});

test("reads shapes, data types, whole datasets and scalars", async () => {
  await withHdf5(path, async (file) => {
    const group = await file.group("group");
    const counting = await group.dataset("counting");
    expect([counting.path, counting.shape, counting.maxShape]).toEqual(["/group/counting", [6, 4], [6, 4]]);
    expect([counting.type, counting.dataType, counting.chunks]).toEqual(["int32", "int32", [6, 1]]);
    expect(counting.filters).toEqual([{ id: 1, name: "deflate", values: [4] }]);
    const values = Array.from({ length: 24 }, (_, index) => index - 3);
    expect([...asElements("int32", await counting.read())]).toEqual(values);
    expect(await counting.readValues({ offset: [1, 2], shape: [1, 2] })).toEqual([3, 4]);
    const times = await group.dataset("times");
    expect(times.chunks).toBeUndefined();
    expect(asElements("int64", await times.read())).toEqual(BigInt64Array.of(5n, -6n));
    expect(asElements("float64", await (await group.dataset("scalar")).read())).toEqual(Float64Array.of(7.5));
    expect(await (await group.dataset("text")).readText()).toEqual(["x"]);
  });
});

test("reads any box as it is in the whole", async () => {
  const file = await openHdf5(path);
  const counting = await file.dataset("link");
  const edges = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(4), fc.nat(4));
  await fc.assert(
    fc.asyncProperty(edges, async ([a, b, c, d]) => {
      const [top, left] = [Math.min(a, b), Math.min(c, d)];
      const [height, width] = [Math.abs(a - b), Math.abs(c - d)];
      const expected = Array.from({ length: height }, (_row, row) =>
        Array.from({ length: width }, (_column, column) => (top + row) * 4 + left + column - 3),
      ).flat();
      expect(await counting.readValues({ offset: [top, left], shape: [height, width] })).toEqual(expected);
    }),
  );
  await file.close();
});

test.each([
  [
    [0, 4],
    [6, 1],
  ],
  [
    [-1, 0],
    [1, 1],
  ],
  [
    [0, 0],
    [7, 1],
  ],
  [[0], [1]],
  [
    [0, 0.5],
    [1, 1],
  ],
])("refuses the box at %j of %j", async (offset, shape) => {
  await withHdf5(path, async (file) => {
    const dataset = await file.dataset("link");
    expect(await problemOf(() => dataset.read({ offset, shape }))).toMatchObject({
      reason: "HDF5_BOX_INVALID",
      field: "small.h5:/link",
      got: `offset [${offset.join(", ")}], shape [${shape.join(", ")}]`,
    });
  });
});

test("a shape that promises more values than the heap holds is refused; its bytes can be read", async () => {
  const sparse = join(folder, "sparse.h5");
  const sink = memorySink();
  const writer = new Hdf5Writer(await sink.create("sparse.h5", "application/x-hdf5"));
  writer.root.createDataset("x", { type: "uint8", shape: [2 ** 25], maxShape: [null], chunks: [1024] });
  await writer.close();
  writeFileSync(sparse, sink.files.get("sparse.h5") as Uint8Array);
  await withHdf5(sparse, async (file) => {
    const dataset = await file.dataset("x");
    const { reason, allowed } = await problemOf(() => dataset.readValues());
    expect(reason).toBe("HDF5_BOX_INVALID");
    expect(allowed?.join()).toContain("16777216 values");
    expect(await dataset.readValues({ offset: [2 ** 24], shape: [2] })).toEqual([0, 0]);
    expect((await dataset.read()).length).toBe(2 ** 25);
  });
});

test("names what is missing, what there is, and what cannot be read", async () => {
  await withHdf5(path, async (file) => {
    const group = await file.group("group");
    expect(await problemOf(() => group.dataset("heights"))).toMatchObject({
      reason: "HDF5_OBJECT_MISSING",
      field: "small.h5:/group",
      got: '"heights"',
      allowed: ["counting", "scalar", "text", "times"],
    });
    expect((await problemOf(() => file.group("link"))).reason).toBe("HDF5_OBJECT_MISSING");
    expect((await problemOf(() => file.dataset("broken"))).reason).toBe("HDF5_OBJECT_MISSING");
    const text = await group.dataset("text");
    expect(await problemOf(() => text.read())).toMatchObject({
      reason: "HDF5_TYPE_UNSUPPORTED",
      field: "small.h5:/group/text",
      got: "text",
    });
    const counting = await group.dataset("counting");
    expect((await problemOf(() => counting.readText())).reason).toBe("HDF5_TYPE_UNSUPPORTED");
    expect((await problemOf(() => counting.readRows())).reason).toBe("HDF5_TYPE_UNSUPPORTED");
  });
});

test("closes the file when the work fails; a file is closed once", async () => {
  const kept = await withHdf5(path, (file) => file);
  expect(await problemOf(() => kept.dataset("link"))).toMatchObject({
    reason: "HDF5_READ_FAILED",
    got: "the file is closed",
  });
  await kept.close();
  await expect(withHdf5(path, () => Promise.reject(new Error("own")))).rejects.toThrow("own");
});

test("says what HDF5 found wrong, without folders", async () => {
  const cut = join(folder, "cut.h5");
  writeFileSync(cut, readFileSync(path).subarray(0, 600));
  const cutProblem = await problemOf(() => openHdf5(cut));
  expect(cutProblem).toMatchObject({ reason: "HDF5_READ_FAILED", field: "cut.h5:/" });
  expect(cutProblem.got).toMatch(/^truncated file: eof = 600/);
  const missing = await problemOf(() => openHdf5(join(folder, "missing.h5")));
  expect(missing.got).toMatch(/No such file or directory/);
  expect(JSON.stringify(missing)).not.toContain(folder);
});

test("a signal ends reading, whatever goes on; other files stay open", async () => {
  const reason = new Error("enough");
  await expect(openHdf5(path, AbortSignal.abort(reason))).rejects.toBe(reason);
  const control = new AbortController();
  const [other, file] = [await openHdf5(path), await openHdf5(path, control.signal)];
  const dataset = await file.dataset("link");
  const reading = dataset.read();
  control.abort(reason);
  await expect(reading).rejects.toBe(reason);
  await expect(dataset.read()).rejects.toBe(reason);
  await expect(file.close()).rejects.toBe(reason);
  expect(await other.has("link")).toBe(true);
  await other.close();
});
