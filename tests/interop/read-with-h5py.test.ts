import { writeFileSync } from "node:fs";
import { expect, jest } from "@jest/globals";
import { Hdf5Writer } from "@sluice/hdf5";
import { type ExpectedTree, expectedTree, type ModelGroup, randomTree, writeTree } from "@sluice/hdf5/testing";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(300_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);

const seeds = [1, 2, 3, 4, 5];
const treesPerSeed = 80;
const emptyGroup = { attributes: [], groups: [], datasets: [], softLinks: [] };

async function write(tree: ModelGroup, path: string): Promise<void> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await writeTree(file, tree);
  await file.close();
  writeFileSync(path, sink.files.get("a.h5") as Uint8Array);
}

async function compare(trees: readonly ModelGroup[]): Promise<void> {
  const folder = scratch.fresh();
  const paths = trees.map((_, index) => `${folder}/${index}.h5`);
  for (const [index, tree] of trees.entries()) await write(tree, paths[index] as string);
  const found = await python.ask<ExpectedTree[]>("scripts/describe_hdf5.py", paths);
  for (const [index, tree] of trees.entries()) expect(found[index]).toEqual(sorted(expectedTree(tree)));
}

/** Names of members have no order. */
function sorted(tree: ExpectedTree): ExpectedTree {
  const groups = Object.entries(tree.groups).map(([path, names]) => [path, names.toSorted(byCodePoint)]);
  return { ...tree, groups: Object.fromEntries(groups) };
}

/** As Python sorts. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

for (const seed of seeds) {
  readable(`h5py reads every value, type, shape, filter and attribute of ${treesPerSeed} random trees (${seed})`, () =>
    compare(fc.sample(randomTree, { seed, numRuns: treesPerSeed })),
  );
}

readable(
  "h5py finds each of 10,000 groups with 5 attributes and of 100,000 chunks, and attributes that fill a header",
  () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => ({
      ...emptyGroup,
      name: `group ${index}`,
      attributes: [
        { name: "id", type: "int64", shape: [], values: [BigInt(index)] },
        { name: "rate", type: "float64", shape: [], values: [index / 7] },
        { name: "label", type: "text", shape: [], values: [`of ${index}`] },
        { name: "good", type: "bool", shape: [], values: [index % 2 === 0] },
        { name: "position", type: "float32", shape: [3], values: [index, 1, 2] },
      ] as const,
    }));
    const full = {
      name: "full",
      type: "uint8",
      shape: [65_480],
      values: Array.from({ length: 65_480 }, () => 7),
    } as const;
    const chunked = {
      name: "chunked",
      attributes: [],
      type: "uint16",
      shape: [4097, 3],
      storage: "chunked",
      grows: true,
      chunks: [1, 3],
      shuffle: true,
      deflate: 1,
      fill: 9,
      values: Array.from({ length: 4097 * 3 }, (_, index) => index),
      cuts: [1, 5],
      chunkSeed: undefined,
    } as const;
    const many = {
      ...chunked,
      name: "many",
      shape: [100_000, 1],
      chunks: [1, 1],
      deflate: undefined,
      values: Array.from({ length: 100_000 }, (_, index) => index % 65_521),
    };
    return compare([
      { ...emptyGroup, name: "", groups, attributes: [full] },
      { ...emptyGroup, name: "", datasets: [chunked, { ...chunked, name: "sparse", chunkSeed: 3 }, many] },
    ]);
  },
);
