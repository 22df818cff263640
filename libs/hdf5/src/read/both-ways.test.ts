import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import * as h5wasm from "h5wasm/node";
import { type ModelGroup, randomTree, tellBothWays, writeTree } from "../testing/index.ts";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import { ObjectReference } from "./element.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function writeModel(path: string, tree: ModelGroup): Promise<Buffer> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await writeTree(file, tree);
  await file.close();
  const bytes = Buffer.from(sink.files.get("a.h5") as Uint8Array);
  writeFileSync(path, bytes);
  return bytes;
}

/** What our own code alone read, which is what the library reads too. */
async function expectOwn(path: string): Promise<unknown> {
  const { own, library, handedOver } = await tellBothWays(path);
  expect(handedOver).toBeUndefined();
  expect(own).toStrictEqual(library);
  return own;
}

test("our own code reads whatever we write, as the library does", async () => {
  const path = join(folder, "tree.h5");
  await fc.assert(
    fc.asyncProperty(randomTree, async (tree) => {
      await writeModel(path, tree);
      await expectOwn(path);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["earliest", "v110"],
  ["v108", "v200"],
  ["v110", "v110"],
] as const)("our own code reads what the library writes from version %s on", async (least, most) => {
  const path = join(folder, `library-${least}.h5`);
  await writeByLibrary(path, [least, most], 5);
  expect(await expectOwn(path)).toContainEqual({
    path: "/group",
    address: expect.any(Number),
    attributes: [
      ["fixed", { type: { kind: "fixedText", bytes: 8 }, shape: [], value: "height" }],
      ["large", { type: "int64", shape: [1], value: [2n ** 60n] }],
      ["reference", { type: "reference", shape: [], value: new ObjectReference("/group") }],
      ["text", { type: "text", shape: [3], value: ["µ", "", "b"] }],
    ],
  });
});

test("groups and attributes in heaps are the library's, and so is the rest of their file", async () => {
  const path = join(folder, "dense.h5");
  await writeByLibrary(path, ["v110", "v110"], 20);
  const { own, library, handedOver } = await tellBothWays(path);
  expect(handedOver).toContain("in a heap");
  expect(own).toStrictEqual(library);
});

type Version = "earliest" | "v108" | "v110" | "v200";

/** Groups, links, attributes and datasets of the kinds that h5wasm can write. */
async function writeByLibrary(path: string, libver: readonly [Version, Version], members: number): Promise<void> {
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const file = new h5wasm.File(path, "w", { libver: [...libver] });
  const group = file.create_group("group");
  group.create_attribute("large", BigInt64Array.of(2n ** 60n), [1], "<q");
  group.create_attribute("fixed", "height", [], "S8");
  group.create_attribute("text", ["µ", "", "b"], [3], "S");
  group.create_attribute("reference", group.create_reference(), [], "Reference");
  const numbers = Uint16Array.from({ length: 600 }, (_, index) => index * 7);
  const shape = [20, 30];
  group.create_dataset({ name: "plain", data: numbers, shape, dtype: "<H" });
  const chunked = { data: numbers, shape, dtype: "<H" as const, chunks: [7, 11], compression: "gzip" as const };
  group.create_dataset({ name: "chunked", ...chunked });
  group.create_dataset({ name: "growing", ...chunked, chunks: [7, 30], maxshape: [null, 30] });
  group.create_dataset({ name: "one", ...chunked, chunks: [20, 30] });
  for (let index = 0; index < members; index++) {
    file.create_group(`member ${index}`).create_attribute("none", new Float64Array(0), [0], "<d");
  }
  file.create_soft_link("/group/plain", "link");
  file.close();
}
