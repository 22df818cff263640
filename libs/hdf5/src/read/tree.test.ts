import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as h5wasm from "h5wasm/node";
import { withHdf5 } from "./hdf5-file.ts";
import { describeTree } from "./tree.ts";

let folder = "";
let path = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  path = join(folder, "tree.h5");
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const file = new h5wasm.File(path, "w");
  file.create_attribute("creator", "µ", [], "S");
  const group = file.create_group("group");
  group.create_attribute("long", Float64Array.from({ length: 17 }), [17], "<d");
  group.create_dataset({
    name: "counts",
    data: new Uint16Array(24),
    shape: [6, 4],
    maxshape: [null, 4],
    dtype: "<H",
    chunks: [6, 1],
    compression: "gzip",
  });
  file.create_hard_link("/group", "loop");
  group.create_hard_link("/", "up");
  file.create_soft_link("/group/counts", "link");
  file.create_soft_link("/round", "round");
  file.create_external_link("other.h5", "/x", "outside");
  file.create_dataset({ name: "text", data: ["a"], shape: [1], dtype: "S" });
  const many = file.create_group("many");
  for (let index = 0; index < 60; index++) many.create_group(`g${String(index).padStart(2, "0")}`);
  file.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

test("tells groups, datasets, links and attributes; what was told before and what is too much only in short", async () => {
  const tree = await withHdf5(path, (file) => describeTree(file, { members: 50, objects: 13 }));
  const shown = ["g00", "g01", "g02"].map((name) => ({ name, kind: "group" }));
  expect(tree).toEqual({
    name: "/",
    kind: "group",
    attributes: [{ name: "creator", type: "text", shape: [], value: "µ" }],
    children: [
      {
        name: "group",
        kind: "group",
        attributes: [{ name: "long", type: "float64", shape: [17] }],
        children: [
          {
            name: "counts",
            kind: "dataset",
            type: "uint16",
            shape: [6, 4],
            maxShape: [null, 4],
            chunks: [6, 1],
            filters: ["deflate"],
            bytes: 48,
          },
          { name: "up", kind: "group", sameAs: "/" },
        ],
      },
      { name: "link", kind: "soft-link", target: "/group/counts", leadsTo: "dataset" },
      { name: "loop", kind: "group", sameAs: "/group" },
      { name: "many", kind: "group", children: shown, hidden: 57 },
      { name: "outside", kind: "external-link", target: "other.h5:/x" },
      { name: "round", kind: "soft-link", target: "/round" },
      { name: "text", kind: "dataset", type: "text", shape: [1] },
    ],
  });
});

test("tells everything when asked to", async () => {
  const all = { members: Number.POSITIVE_INFINITY, objects: Number.POSITIVE_INFINITY };
  const tree = await withHdf5(path, (file) => describeTree(file, all));
  expect(tree.children?.find(({ name }) => name === "many")?.children).toHaveLength(60);
  const inShort = await withHdf5(path, (file) => describeTree(file));
  expect(inShort.children?.find(({ name }) => name === "many")).toMatchObject({ hidden: 10 });
});
