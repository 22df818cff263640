import { writeFileSync } from "node:fs";
import { describe, expect, jest } from "@jest/globals";
import { commandMissing, obstacleUnlessRequired, sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { run } from "../harness/processes.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import type { TiffFacts } from "../harness/tiff-facts.ts";
import { pathsOf, variants, writeVariants } from "../harness/variants.ts";

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const xmllint = obstacleUnlessRequired("REQUIRE_INTEROP", commandMissing("xmllint", "--version"));
const obstacle = python.obstacle ?? xmllint ?? sharedDataMissing("ome/ome.xsd");
const scratch = useScratch();
const complaints = obstacle ? new Map<string, string>() : await validate();

describe("the OME-XML is valid against the schema of OME 2016-06", () => {
  for (const { name } of variants) testUnless(obstacle)(name, () => expect(complaints.get(name)).toBe(" validates"));
});

/** What xmllint says of each variant. */
async function validate(): Promise<Map<string, string>> {
  const files = await writeVariants(scratch.folder);
  const facts = await python.ask<TiffFacts[]>("scripts/describe_tiff.py", pathsOf(files));
  const documents = files.map(({ name }) => scratch.path(`${name}.xml`));
  for (const [index, path] of documents.entries()) writeFileSync(path, facts[index]?.ome?.text ?? "");
  const { stderr } = await run("xmllint", ["--nonet", "--noout", "--schema", sharedData("ome/ome.xsd"), ...documents]);
  return new Map(
    documents.map((path, index) => {
      const lines = stderr.split("\n").filter((line) => line.startsWith(path));
      return [files[index]?.name ?? "", lines.map((line) => line.slice(path.length)).join("\n")];
    }),
  );
}
