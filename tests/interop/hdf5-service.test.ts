import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect, jest } from "@jest/globals";
import { Assembly, type DatasetStream, wholeFrames } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { exportToMemory, gather, randomStream } from "@sluice/hdf5-service/testing";
import { ProvenanceStep } from "@sluice/proto";
import * as fc from "fast-check";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(300_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);

/** What the script says of a file: arrays, ragged arrays and tables by name, and the texts. */
interface Described {
  readonly name: string;
  readonly arrays: Readonly<Record<string, { dtype: string; shape: number[]; sha256: string } | { rows: string[] }>>;
}

async function described(streams: readonly DatasetStream[], options = {}): Promise<Described[]> {
  const folder = scratch.fresh();
  const paths = streams.map((_, index) => `${folder}/${index}.h5`);
  for (const [index, stream] of streams.entries()) {
    writeFileSync(paths[index] as string, (await exportToMemory(stream, options)).bytes);
  }
  return python.ask<Described[]>("scripts/read_generic_hdf5.py", paths);
}

/** What the script should say of a stream. */
async function expected(stream: DatasetStream): Promise<object> {
  const { header } = stream;
  const { digests, ragged, tables } = await gather(stream);
  const hashes = await sha256OfArrays(stream);
  const arrays = header.arrays.map(({ name, dataType, ragged: isRagged }) => {
    const shape = digests.find(({ array }) => array === name)?.shape;
    return [
      name,
      isRagged ? { dtype: dataType, rows: ragged[name] } : { dtype: dataType, shape, sha256: hashes[name] },
    ];
  });
  const cells = header.tables.map(({ name, columns }) => [
    name,
    Object.fromEntries(
      columns.map(({ name: column, dataType }, index) => [
        column,
        { dtype: dataType, cells: tables[name]?.map((row) => row[index]) },
      ]),
    ),
  ]);
  const { dataset } = header;
  return {
    name: dataset.name,
    records: dataset.records ?? {},
    metadata: dataset.metadata ?? {},
    steps: JSON.parse(JSON.stringify(dataset.provenance?.steps.map((step) => ProvenanceStep.toJSON(step)) ?? [])),
    arrays: Object.fromEntries(arrays),
    tables: Object.fromEntries(cells),
  };
}

async function sha256OfArrays(stream: DatasetStream): Promise<Record<string, string>> {
  const hashes = new Map(stream.header.arrays.map(({ name }) => [name, createHash("sha256")]));
  for await (const item of new Assembly(stream, wholeFrames)) {
    if (item.kind === "block") hashes.get(item.block.array.name)?.update(item.block.data);
  }
  return Object.fromEntries([...hashes].map(([name, hash]) => [name, hash.digest("hex")]));
}

for (const [name, options] of Object.entries({
  compressed: {},
  "at a level, without shuffle": { level: 6, shuffle: false },
  uncompressed: { compression: "none" },
})) {
  readable(`h5py reads every array, ragged array, table and text of 25 random datasets, ${name}`, async () => {
    const streams = fc.sample(randomStream, { seed: 7, numRuns: 25 });
    const found = await described(streams, options);
    for (const [index, stream] of streams.entries()) expect(found[index]).toEqual(await expected(stream));
  });
}

readable("a mask is an array of numpy's bool", async () => {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, index) => (index % 3 === 0 ? 1 : 0));
  const mask = { name: "masks/cell", dataType: "bool", shape: [1, 64, 64], data } as const;
  const [file] = await described([memoryStream([mask], { imageStack: {} })]);
  const sha256 = createHash("sha256").update(data).digest("hex");
  expect(file?.arrays).toEqual({ "masks/cell": { dtype: "bool", shape: [1, 64, 64], sha256 } });
});
