import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { isDataType } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import type { AttributeValue } from "../attribute.ts";
import { type Hdf5Dataset, type Hdf5File, withHdf5 } from "../hdf5-file.ts";
import { type ExpectedAttribute, type ExpectedTree, expectedTree, plainFloat } from "../testing/expected-tree.ts";
import { type ModelGroup, type PlainElement, randomTree, readStructure, writeTree } from "../testing/index.ts";
import { Hdf5Writer } from "./hdf5-writer.ts";

async function write(tree: ModelGroup): Promise<Uint8Array> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await writeTree(file, tree);
  await file.close();
  return sink.files.get("a.h5") as Uint8Array;
}

test("any tree is a file without a flaw, which HDF5 reads as it was meant", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  const path = join(folder, "tree.h5");
  await fc.assert(
    fc.asyncProperty(randomTree, async (tree) => {
      const bytes = await write(tree);
      const expected = expectedTree(tree);
      const facts = readStructure(bytes);
      expect(facts.groups.toSorted()).toEqual(Object.keys(expected.groups).toSorted());
      expect(Object.fromEntries(facts.softLinks)).toEqual(expected.softLinks);
      writeFileSync(path, bytes);
      await withHdf5(path, (file) => compare(file, expected));
    }),
    { numRuns: 40 },
  );
  rmSync(folder, { recursive: true });
});

test("the same calls make the same file", async () => {
  const [tree] = fc.sample(randomTree, { numRuns: 1, seed: 11 });
  expect(await write(tree as ModelGroup)).toEqual(await write(tree as ModelGroup));
});

/** Everything that h5wasm can read: it has neither floats of 16 bits nor text in compounds. */
function compare(file: Hdf5File, expected: ExpectedTree): void {
  for (const [path, names] of Object.entries(expected.groups)) {
    const group = path === "/" ? file : file.group(path);
    expect(group.keys().toSorted()).toEqual(names.toSorted());
    compareAttributes(group.attributes(), expected.attributes[path]);
  }
  for (const [path, wanted] of Object.entries(expected.datasets)) {
    const dataset = file.dataset(path);
    expect(dataset.shape).toEqual(wanted.shape ?? []);
    compareAttributes(dataset.attributes(), expected.attributes[path]);
    if (wanted.shape !== null && isReadable(wanted)) {
      expect(elementsOf(dataset).map((value) => plain(wanted, value))).toEqual(wanted.elements);
    }
  }
}

function compareAttributes(
  found: ReadonlyMap<string, AttributeValue>,
  expected: Readonly<Record<string, ExpectedAttribute>> = {},
): void {
  for (const [name, wanted] of Object.entries(expected)) {
    if (!isReadable(wanted) || wanted.elements.length === 0) continue;
    const value = found.get(name) ?? [];
    const elements = typeof value === "object" ? value : [value];
    expect(elements.map((element) => plain(wanted, element))).toEqual(wanted.elements);
  }
}

function isReadable({ type }: ExpectedAttribute): boolean {
  if (typeof type !== "string" || type === "float16") return false;
  return type.startsWith("text") || (isDataType(type) && !type.startsWith("complex"));
}

function elementsOf(dataset: Hdf5Dataset): Element[] {
  const { dataType } = dataset;
  if (dataType === undefined) return dataset.readText();
  const values = Array.from(dataset.read() as ArrayLike<number | bigint>);
  return dataType === "bool" ? values.map((value) => value !== 0) : values;
}

type Element = string | number | bigint | boolean;

/** An element as the expected ones are told. */
function plain({ type }: ExpectedAttribute, value: Element): PlainElement {
  if (typeof value === "boolean" || typeof value === "string") return value;
  return (type as string).startsWith("float") ? plainFloat(Number(value)) : String(value);
}
