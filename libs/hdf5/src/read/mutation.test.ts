import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { type BothWays, type ModelGroup, randomTree, tellBothWays, whyLeft, writeTree } from "../testing/index.ts";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import { withHdf5 } from "./hdf5-file.ts";
import { describeTree } from "./tree.ts";

/** Some damage sends HDF5 round in circles, which only its user can end. */
const patienceMs = 2000;
// Most files cost the library a thread, which is started slowly on a busy machine.
jest.setTimeout(300_000);

let folder = "";
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  path = join(folder, "damaged.h5");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function write(tree: ModelGroup): Promise<Buffer> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await writeTree(file, tree);
  await file.close();
  return Buffer.from(sink.files.get("a.h5") as Uint8Array);
}

const flip = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), value: fc.nat(255) });

/** Writes a file with some of its bytes changed. */
async function writeDamaged(tree: ModelGroup, flips: readonly { readonly at: number; readonly value: number }[]) {
  const bytes = await write(tree);
  for (const { at, value } of flips) bytes[Math.floor(at * bytes.length)] = value;
  writeFileSync(path, bytes);
}

/** What both ways say of the file; undefined when it was given up. All that they throw are problems. */
async function toldInTime(): Promise<BothWays | undefined> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    return await tellBothWays(path, signal);
  } catch (error) {
    if (error !== signal.reason) throw error;
    return undefined;
  }
}

test("a damaged file is read, refused with a reason, or given up, in both ways", async () => {
  await fc.assert(
    fc.asyncProperty(randomTree, fc.array(flip, { minLength: 1, maxLength: 10 }), async (tree, flips) => {
      await writeDamaged(tree, flips);
      const told = await toldInTime();
      const problems = JSON.stringify([told?.own, told?.library], (_key, value) =>
        typeof value === "bigint" ? String(value) : value,
      );
      const reasons = [...problems.matchAll(/"problem":\{[^}]*"reason":"(\w+)"/g)].map(([, reason]) => reason);
      for (const reason of reasons) expect(reason).toMatch(/^HDF5_/);
    }),
    { numRuns: 12 },
  );
});

test("what our own code reads of a damaged file is what the library reads", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(randomTree, fc.array(flip, { minLength: 1, maxLength: 3 }), async (tree, flips) => {
      await writeDamaged(tree, flips);
      if ((await whyLeft(path)) !== undefined) return;
      compared += 1;
      const { own, library } = await tellBothWays(path);
      expect(own).toStrictEqual(library);
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(0);
});

test("a tree is told of a file without most of its bytes, or why there is none", async () => {
  const [tree] = fc.sample(randomTree, { seed: 5, numRuns: 1 }) as [ModelGroup];
  const bytes = await write(tree);
  for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 8)) {
    writeFileSync(path, bytes.subarray(0, length));
    const failure = await withHdf5(path, (file) => describeTree(file)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(SluiceError);
    expect((failure as SluiceError).problem.reason).toBe("HDF5_READ_FAILED");
  }
});
