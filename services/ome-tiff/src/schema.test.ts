import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { memoryStream } from "@sluice/core/testing";
import { withFile } from "@sluice/source/testing";
import { SaxesParser } from "saxes";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { xmlOf } from "./testing/tiff-facts.ts";

const schema = fileURLToPath(new URL("../../../../shared/data/ome/ome.xsd", import.meta.url));
const skipReason = [
  spawnSync("xmllint", ["--version"]).error ? "xmllint is not installed" : undefined,
  existsSync(schema) ? undefined : "the schema ome.xsd is not beside the project",
].find((reason) => reason !== undefined);

const documents = [
  memoryStream([{ name: "image", dataType: "uint8", shape: [2, 3, 4], data: new Uint8Array(24) }], { imageStack: {} }),
  memoryStream(
    [
      {
        name: "image",
        dataType: "complex64",
        shape: [2, 3, 2, 4, 5],
        data: new Float32Array(480),
        axes: [
          { name: "t", unit: "ms", scale: 2 },
          { name: "c", labels: ["a", "b", "c"] },
          { name: "z", unit: "um", scale: 1.5 },
          { name: "y", unit: "nm", scale: 0.5 },
          { name: "x", unit: "nm", scale: 0.5 },
        ],
      },
    ],
    {
      imageStack: {
        modality: "two-photon",
        channels: [{ name: "<G&C>", emissionNm: 510, color: 0x00ff00ff }, { name: "\u0000 \u{1f52c}" }, { name: "" }],
      },
      dataset: {
        name: 'Zo\u00eb "1"\n',
        metadata: { "\u0001 key": 'a <b> "c"', subject: { age: 3 } },
        records: { note: "]]>" },
        provenance: {
          steps: [
            {
              name: "afm.remove_plane",
              software: "sluice",
              softwareVersion: "0.1.0",
              parameters: { order: 1 },
              time: new Date("2026-01-01T00:00:00Z"),
              input: "raw",
              output: "image",
            },
          ],
          source: "a.asd",
          acquiredTime: new Date("2017-11-21T13:12:39Z"),
          environment: {},
        },
      },
    },
  ),
];

test("the OME-XML is well-formed", async () => {
  for (const stream of documents) {
    const xml = await xmlOf((await exportToMemory(stream)).bytes);
    expect(() => new SaxesParser({ xmlns: true }).write(xml).close()).not.toThrow();
  }
});

const testWithSchema = skipReason === undefined ? test : test.skip;
testWithSchema(`the OME-XML is valid by OME's schema${skipReason ? ` (skipped: ${skipReason})` : ""}`, async () => {
  for (const stream of documents) {
    const xml = await xmlOf((await exportToMemory(stream)).bytes);
    await withFile(Buffer.from(xml), async (path) => {
      const { stderr } = spawnSync("xmllint", ["--nonet", "--noout", "--schema", schema, path], { encoding: "utf8" });
      expect(stderr).toBe(`${path} validates\n`);
    });
  }
});
