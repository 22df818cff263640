import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import {
  type Hdf5File,
  ObjectReference,
  type StoredAttribute,
  type StoredCompound,
  type StoredElement,
  type StoredRow,
  type StoredType,
  withHdf5,
} from "../read/index.ts";
import {
  type ExpectedAttribute,
  type ExpectedTree,
  expectedTree,
  type PlainType,
  plainFloat,
} from "../testing/expected-tree.ts";
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

/** Everything that is in the file, as the reader gives it. */
async function compare(file: Hdf5File, expected: ExpectedTree): Promise<void> {
  for (const [path, names] of Object.entries(expected.groups)) {
    const group = path === "/" ? file : await file.group(path);
    expect((await group.children()).map(({ name }) => name)).toEqual(names.toSorted());
    compareAttributes(await group.storedAttributes(), expected.attributes[path]);
  }
  for (const [path, wanted] of Object.entries(expected.datasets)) {
    const dataset = await file.dataset(path);
    expect({ shape: dataset.shape, type: plainType(dataset.type) }).toEqual({ shape: wanted.shape, type: wanted.type });
    expect({ maxShape: dataset.maxShape, chunks: dataset.chunks ?? null }).toEqual({
      maxShape: wanted.maxShape ?? wanted.shape,
      chunks: wanted.chunks,
    });
    compareAttributes(await dataset.storedAttributes(), expected.attributes[path]);
    expect((await dataset.readValues()).map((value) => plain(dataset.type, value))).toEqual(wanted.elements);
  }
}

function compareAttributes(
  found: ReadonlyMap<string, StoredAttribute>,
  expected: Readonly<Record<string, ExpectedAttribute>> = {},
): void {
  expect([...found.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, wanted] of Object.entries(expected)) {
    const { type, shape, value } = found.get(name) as StoredAttribute;
    expect({ type: plainType(type), shape }).toEqual({ type: wanted.type, shape: wanted.shape });
    const elements = value === null ? [] : shape?.length === 0 ? [value] : value;
    expect((elements as StoredElement[]).map((element) => plain(type, element))).toEqual(wanted.elements);
  }
}

/** A type as the expected ones are told. */
function plainType(type: StoredType): PlainType {
  if (typeof type === "string") return type;
  if (type.kind === "fixedText") return `text of ${type.bytes} bytes`;
  if (type.kind !== "compound") throw new Error(`the writer has no ${type.kind}`);
  return type.members.map(([name, member]) => [name, plainType(member)]);
}

/** An element as the expected ones are told. */
function plain(type: StoredType, value: StoredElement): PlainElement {
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return String(type).startsWith("float") ? plainFloat(value) : String(value);
  if (value instanceof ObjectReference) return value.target ?? null;
  if (Array.isArray(value)) throw new Error("the writer has no lists");
  const row = value as StoredRow;
  if (typeof type === "string") return [row["r"], row["i"]].map((part) => plainFloat(part as number));
  return (type as StoredCompound).members.map(([name, member]) => plain(member, row[name] as StoredElement));
}
