import { expect, test } from "@jest/globals";
import type { DatasetHeader } from "@sluice/core";
import { readStructure } from "@sluice/hdf5/testing";
import fc from "fast-check";
import { hdf5Loader } from "./loader.ts";
import { exportToMemory, type Gathered, gather, randomStream, withFile } from "./testing/index.ts";

const packing = fc.oneof(
  fc.constant({ compression: "none" }),
  fc.record(
    { compression: fc.constant("deflate"), level: fc.integer({ min: 1, max: 9 }), shuffle: fc.boolean() },
    { requiredKeys: [] },
  ),
);

/** The header once the lengths are known; the order of chunks belongs to the way, not to the values. */
function settled(header: DatasetHeader, { digests, ragged, tables }: Gathered): DatasetHeader {
  const lengths = new Map(digests.map(({ array, shape }) => [array, shape[0]]));
  for (const [name, rows] of Object.entries(ragged)) lengths.set(name, rows.length);
  return {
    dataset: header.dataset,
    arrays: header.arrays.map((array) => ({
      ...array,
      axes: array.axes.map((axis, index) => (index === 0 ? { ...axis, size: lengths.get(array.name) } : axis)),
    })),
    tables: header.tables.map((table) => ({ ...table, rows: tables[table.name]!.length })),
  };
}

test("what goes in comes out: arrays of every type, ragged arrays, tables, records, provenance", async () => {
  await fc.assert(
    fc.asyncProperty(randomStream, packing, async (stream, options) => {
      const { bytes, findings } = await exportToMemory(stream, options);
      readStructure(bytes);
      const given = await gather(stream);
      expect(findings.digests).toEqual(given.digests);
      await withFile(bytes, async (path) => {
        const loaded = await hdf5Loader.load(path, {});
        const read = await gather(loaded);
        expect(read).toEqual(given);
        expect(loaded.header).toEqual(settled(stream.header, given));
      });
    }),
    { numRuns: 25 },
  );
});
