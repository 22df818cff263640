import { expect, jest } from "@jest/globals";
import type { ExpectedTree, PlainElement } from "@sluice/hdf5/testing";
import { testUnless } from "../harness/availability.ts";
import { writeHdf5Set } from "../harness/hdf5-set.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();

/** Elements of a dataset by its path, of an attribute by PATH@NAME; text where pyfive cannot read them. */
type Found = Readonly<Record<string, readonly PlainElement[] | string>>;

testUnless(python.obstacle)("pyfive, which knows nothing of HDF5's library, reads what h5py reads", async () => {
  const files = await writeHdf5Set(scratch.folder);
  const paths = files.map(({ path }) => path);
  const trees = await python.ask<ExpectedTree[]>("scripts/describe_hdf5.py", paths);
  const question = paths.map((path, index) => ({ path, objects: Object.keys(trees[index]?.attributes ?? {}) }));
  const answers = await python.ask<Found[]>("scripts/describe_with_pyfive.py", question);
  const unread: string[] = [];
  const unreadOfServices: unknown[] = [];
  let equal = 0;
  for (const [index, { name }] of files.entries()) {
    const found = answers[index] as Found;
    for (const [place, object, elements] of elementsIn(trees[index] as ExpectedTree)) {
      const own = found[place] ?? found[`${object}@`];
      if (typeof own === "string" || own === undefined) {
        unread.push(`${name}:${place}`);
        if (!name.startsWith("tree-")) unreadOfServices.push(trees[index]?.datasets[place]?.type);
      } else {
        expect([name, place, own]).toEqual([name, place, elements.map(withDigits)]);
        equal += 1;
      }
    }
  }
  // Of h5py's own files, too, pyfive cannot read what these trees have much of: datasets without some of their chunks,
  // texts in chunks that are not full, references, compounds with texts, names of members in other scripts.
  expect(unreadOfServices.every((type) => type === "text")).toBe(true);
  expect(unreadOfServices.length).toBeLessThan(10);
  expect(equal).toBeGreaterThan(1000);
  expect(unread.length).toBeLessThan(0.2 * equal);
});

function* elementsIn({ datasets, attributes }: ExpectedTree): Generator<[string, string, readonly PlainElement[]]> {
  for (const [path, { elements }] of Object.entries(datasets)) yield [path, path, elements];
  for (const [path, own] of Object.entries(attributes)) {
    for (const [name, { elements }] of Object.entries(own)) yield [`${path}@${name}`, path, elements];
  }
}

/** pyfive gives a boolean as the integer that stands for it. */
function withDigits(element: PlainElement): PlainElement {
  if (typeof element === "boolean") return element ? "1" : "0";
  return Array.isArray(element) ? element.map(withDigits) : element;
}
