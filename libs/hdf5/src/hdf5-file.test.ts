import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import * as fc from "fast-check";
import * as h5wasm from "h5wasm/node";
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

function problemOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof SluiceError) return error.problem;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("lists groups, their members and their kinds", async () => {
  await withHdf5(path, (file) => {
    expect(file.keys()).toEqual(["broken", "group", "link"]);
    expect(file.group("group").keys()).toEqual(["counting", "scalar", "text", "times"]);
    expect(["group", "link", "group/times", "broken", "nothing"].map((name) => file.kindOf(name))).toEqual([
      "group",
      "dataset",
      "dataset",
      undefined,
      undefined,
    ]);
  });
});

test("reads attributes of numbers and of fixed and variable text; leaves references out", async () => {
  await withHdf5(path, (file) => {
    expect([...file.group("group").attributes()].toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ["fixed", "height"],
      ["large", [2n ** 60n]],
      ["numbers", [1, 2.5]],
      ["texts", ["a", "b"]],
      ["variable", "µm"],
    ]);
  });
});

test("reads shapes, data types, whole datasets and scalars", async () => {
  await withHdf5(path, (file) => {
    const group = file.group("group");
    const counting = group.dataset("counting");
    expect([counting.path, counting.shape, counting.dataType]).toEqual(["/group/counting", [6, 4], "int32"]);
    expect([...counting.read()]).toEqual(Array.from({ length: 24 }, (_, index) => index - 3));
    expect(group.dataset("times").read()).toEqual(BigInt64Array.of(5n, -6n));
    expect(group.dataset("scalar").read()).toEqual(Float64Array.of(7.5));
  });
});

test("reads any box as it is in the whole", async () => {
  const file = await openHdf5(path);
  const counting = file.dataset("link");
  const edges = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(edges, ([a, b, c, d]) => {
      const [top, left] = [Math.min(a, b), Math.min(c, d)];
      const [height, width] = [Math.abs(a - b), Math.abs(c - d)];
      const expected = Array.from({ length: height }, (_row, row) =>
        Array.from({ length: width }, (_column, column) => (top + row) * 4 + left + column - 3),
      ).flat();
      expect([...counting.read({ offset: [top, left], shape: [height, width] })]).toEqual(expected);
    }),
  );
  file.close();
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
  await withHdf5(path, (file) => {
    expect(problemOf(() => file.dataset("link").read({ offset, shape }))).toMatchObject({
      reason: "HDF5_BOX_INVALID",
      field: "small.h5:/link",
      got: `offset [${offset.join(", ")}], shape [${shape.join(", ")}]`,
    });
  });
});

test("names what is missing, what there is, and what cannot be read", async () => {
  await withHdf5(path, (file) => {
    expect(problemOf(() => file.group("group").dataset("heights"))).toMatchObject({
      reason: "HDF5_OBJECT_MISSING",
      field: "small.h5:/group",
      got: '"heights"',
      allowed: ["counting", "scalar", "text", "times"],
    });
    expect(problemOf(() => file.group("link")).reason).toBe("HDF5_OBJECT_MISSING");
    expect(problemOf(() => file.dataset("broken")).reason).toBe("HDF5_OBJECT_MISSING");
    expect(problemOf(() => file.dataset("group/text").read())).toMatchObject({
      reason: "HDF5_TYPE_UNSUPPORTED",
      field: "small.h5:/group/text",
    });
  });
});

test("closes the file when the work fails", async () => {
  const kept = await withHdf5(path, (file) => file);
  expect(problemOf(() => kept.dataset("link")).reason).toBe("HDF5_READ_FAILED");
  await expect(withHdf5(path, () => Promise.reject(new Error("own")))).rejects.toThrow("own");
});

test("says what HDF5 found wrong, without folders", async () => {
  const cut = join(folder, "cut.h5");
  writeFileSync(cut, readFileSync(path).subarray(0, 600));
  const cutError = await openHdf5(cut).catch((error: unknown) => error);
  expect((cutError as SluiceError).problem).toMatchObject({ reason: "HDF5_READ_FAILED", field: "cut.h5:/" });
  expect((cutError as SluiceError).problem.got).toMatch(/^truncated file: eof = 600/);
  const missing = await openHdf5(join(folder, "missing.h5")).catch((error: unknown) => error);
  expect((missing as SluiceError).problem.got).toMatch(/No such file or directory/);
  expect((missing as SluiceError).message).not.toContain(folder);
});
