import { expect, jest } from "@jest/globals";
import type { ExpectedTree } from "@sluice/hdf5/testing";
import { commandMissing, obstacleUnlessRequired, testUnless } from "../harness/availability.ts";
import { writeHdf5Set } from "../harness/hdf5-set.ts";
import { run } from "../harness/processes.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(120_000);
const obstacle = obstacleUnlessRequired("REQUIRE_INTEROP", commandMissing("h5dump", "--version"));
const python = await pythonEnvironment();
const scratch = useScratch();
const accepted = testUnless(obstacle);
/** Without references that lead in a circle, on which the tools of HDF5 1.10 crash, whoever wrote them. */
const files = (await writeHdf5Set(scratch.folder)).filter(({ tree }) => !tree || !refersToReferences(tree));

const tools: Readonly<Record<string, readonly string[]>> = {
  h5dump: [],
  "h5dump -p -H": ["--properties", "--header"],
  "h5dump -B -o": ["--superblock", "--output=/dev/null"],
  "h5ls -v -r": ["--verbose", "--recursive"],
  "h5ls -d -r": ["--data", "--recursive"],
  h5stat: [],
};

for (const [tool, parameters] of Object.entries(tools)) {
  accepted(`${tool} accepts ${files.length} files`, async () => {
    const [command = ""] = tool.split(" ");
    for (const { name, path } of files) {
      const { code, stderr } = await run(command, [...parameters, path]);
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: "" });
    }
  });
}

testUnless(obstacle ?? python.obstacle)("h5py reads the same from what h5repack copies", async () => {
  const copies: string[] = [];
  // h5repack 1.10 leaves references inside compounds as they were, so that they lead nowhere; of h5py's files, too.
  const copied = files.filter(({ tree }) => !tree || !refersFromCompounds(tree));
  for (const { name, path } of copied) {
    const copy = `${path}.copy`;
    copies.push(copy);
    const { code, stderr } = await run("h5repack", [path, copy]);
    expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: "" });
  }
  const paths = copied.map(({ path }) => path);
  const found = await python.ask<ExpectedTree[]>("scripts/describe_hdf5.py", [...paths, ...copies]);
  for (const [index, { name }] of copied.entries()) {
    expect([name, found[copied.length + index]]).toEqual([name, found[index]]);
  }
});

function refersToReferences({ datasets }: ExpectedTree): boolean {
  return Object.values(datasets).some(
    ({ type, elements }) =>
      type === "reference" && elements.some((target) => datasets[target as string]?.type === "reference"),
  );
}

function refersFromCompounds({ datasets, attributes }: ExpectedTree): boolean {
  const types = [datasets, ...Object.values(attributes)].flatMap((all) => Object.values(all).map(({ type }) => type));
  return types.some((type) => typeof type !== "string" && JSON.stringify(type).includes('"reference"]'));
}
