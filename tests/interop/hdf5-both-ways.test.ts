import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { tellBothWays } from "@sluice/hdf5/testing";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { fetchLibrary, hdf5Libraries, librariesMissing } from "../harness/hdf5-libraries.ts";
import { sharedData } from "../harness/paths.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

/** What `scripts/write_hdf5_kinds.py` says of a file that it wrote. */
interface Written {
  readonly version: string;
  readonly kind: string;
  readonly path: string;
}

jest.setTimeout(600_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const files = python.obstacle ? [] : await python.ask<Written[]>("scripts/write_hdf5_kinds.py", scratch.folder);

/** Kinds, and versions, of which the library must read something. */
const libraryKinds = new Set(["rare"]);
const libraryVersions = new Set(["user-block"]);

if (python.obstacle) testUnless(python.obstacle)("our own code and the library read the same", () => undefined);

for (const version of new Set(files.map((file) => file.version))) {
  test(`our own code and the library read the same of what h5py writes: ${version}`, async () => {
    for (const { kind, path } of files.filter((file) => file.version === version)) {
      const inHeaps = kind === "many" && version !== "earliest";
      const byLibrary = inHeaps || libraryKinds.has(kind) || libraryVersions.has(version);
      await expectSame(path, byLibrary);
    }
  });
}

for (const library of hdf5Libraries) {
  const name = `our own code and the library read the same of what HDF5 ${library.version.join(".")} writes`;
  testUnless(python.obstacle ?? librariesMissing())(name, async () => {
    const paths = files.filter(({ version }) => version === "earliest").map(({ path }) => path);
    const question = { library: await fetchLibrary(python.command, library), folder: scratch.path("copies"), paths };
    await mkdir(question.folder, { recursive: true });
    const answer = await python.ask<{ version: number[]; copies: string[] }>("scripts/copy_with_libhdf5.py", question);
    expect(answer.version).toEqual(library.version);
    expect(answer.copies).toHaveLength(2 * paths.length);
    for (const path of answer.copies) await expectSame(path);
  });
}

testUnless(sharedDataMissing("."))(
  "our own code reads every HDF5 file of the shared data as the library does",
  async () => {
    const found = readdirSync(sharedData("."), { recursive: true, encoding: "utf8" });
    const names = found.filter((name) => /\.(h5|hdf5|nwb|h5-jpk)$/.test(name));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) await expectSame(join(sharedData("."), name), false);
  },
);

/** @param byLibrary whether the library must read something of the file; left out where it may */
async function expectSame(path: string, byLibrary?: boolean): Promise<void> {
  const { own, library, handedOver } = await tellBothWays(path);
  if (byLibrary !== undefined) expect([path, handedOver !== undefined]).toEqual([path, byLibrary]);
  expect([path, own]).toStrictEqual([path, library]);
}
