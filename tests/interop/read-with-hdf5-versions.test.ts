import { writeFileSync } from "node:fs";
import { expect, jest } from "@jest/globals";
import { Hdf5Writer } from "@sluice/hdf5";
import { type ExpectedTree, randomTree, writeTree } from "@sluice/hdf5/testing";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { testUnless } from "../harness/availability.ts";
import { fetchLibrary, hdf5Libraries, librariesMissing } from "../harness/hdf5-libraries.ts";
import { writeHdf5Set } from "../harness/hdf5-set.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle ?? librariesMissing());
const moreTrees = 60;

interface Answer {
  readonly version: readonly number[];
  readonly files: readonly object[];
}

const paths = python.obstacle ? [] : await written();
/** What h5py finds with the newest HDF5. */
const expected = python.obstacle ? [] : await python.ask<ExpectedTree[]>("scripts/describe_hdf5.py", paths);

for (const library of hdf5Libraries) {
  readable(`HDF5 ${library.version.join(".")} reads every value and attribute of ${paths.length} files`, async () => {
    const question = { library: await fetchLibrary(python.command, library), paths };
    const { version, files } = await python.ask<Answer>("scripts/describe_with_libhdf5.py", question);
    expect(version).toEqual(library.version);
    for (const [index, found] of files.entries()) {
      expect([paths[index], found]).toEqual([paths[index], valuesOf(expected[index] as ExpectedTree)]);
    }
  });
}

async function written(): Promise<string[]> {
  const files = await writeHdf5Set(scratch.folder);
  const more: string[] = [];
  for (const [index, tree] of fc.sample(randomTree, { seed: 29, numRuns: moreTrees }).entries()) {
    const sink = memorySink();
    const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
    await writeTree(file, tree);
    await file.close();
    more.push(scratch.path(`more-${index}.h5`));
    writeFileSync(more.at(-1) as string, sink.files.get("a.h5") as Uint8Array);
  }
  return [...files.map(({ path }) => path), ...more];
}

/** Without how a dataset is stored. */
function valuesOf(tree: ExpectedTree): object {
  const datasets = Object.entries(tree.datasets).map(([path, { type, shape, elements }]) => [
    path,
    { type, shape, elements },
  ]);
  return { ...tree, datasets: Object.fromEntries(datasets) };
}
