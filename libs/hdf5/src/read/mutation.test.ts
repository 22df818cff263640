import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { type ModelGroup, randomTree, writeTree } from "../testing/index.ts";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import type { Hdf5Group } from "./group.ts";
import { withHdf5 } from "./hdf5-file.ts";
import { describeTree, type TreeObject } from "./tree.ts";

/** Some damage sends HDF5 round in circles, which only its user can end. */
const patienceMs = 2000;

async function write(tree: ModelGroup): Promise<Buffer> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await writeTree(file, tree);
  await file.close();
  return Buffer.from(sink.files.get("a.h5") as Uint8Array);
}

/** Paths of all datasets that the tree could describe. */
function datasetsIn(object: TreeObject, path: string): string[] {
  if (object.kind === "dataset" && object.type !== undefined) return [path];
  return (object.children ?? []).flatMap((child) => datasetsIn(child, `${path}/${child.name}`));
}

async function readEverything(file: Hdf5Group): Promise<void> {
  const tree = await describeTree(file);
  for (const path of datasetsIn(tree, "")) {
    await expectValuesOrReason(async () => (await file.dataset(path)).readValues());
  }
}

async function expectValuesOrReason(read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    expect(error.problem.reason).toMatch(/^HDF5_[A-Z_]+$/);
  }
}

test("a damaged file is read, refused with a reason, or given up", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  const path = join(folder, "damaged.h5");
  const flip = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), value: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(randomTree, fc.array(flip, { minLength: 1, maxLength: 10 }), async (tree, flips) => {
      const bytes = await write(tree);
      for (const { at, value } of flips) bytes[Math.floor(at * bytes.length)] = value;
      writeFileSync(path, bytes);
      const signal = AbortSignal.timeout(patienceMs);
      await expectValuesOrReason(() => withHdf5(path, readEverything, signal)).catch((error: unknown) => {
        if (error !== signal.reason) throw error;
      });
    }),
    { numRuns: 40 },
  );
  rmSync(folder, { recursive: true });
});
