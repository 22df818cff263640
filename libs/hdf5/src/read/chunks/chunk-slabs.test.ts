import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Box, clipBox, copyBox, type DataType, elementCount, itemSize, SluiceError, wholeBox } from "@sluice/core";
import { memorySink } from "@sluice/sink/testing";
import * as fc from "fast-check";
import { cellIndex } from "../../write/cell.ts";
import { Hdf5Writer } from "../../write/hdf5-writer.ts";
import type { Hdf5Dataset } from "../dataset.ts";
import { withHdf5 } from "../hdf5-file.ts";
import { ChunkSlabs } from "./chunk-slabs.ts";

interface Model {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly shuffle: boolean;
  readonly deflate: number | undefined;
  readonly fill: number;
  readonly grows: boolean;
  /** Which chunks are written, and of what: noise is stored as it is, behind a filter mask. */
  readonly cells: readonly { readonly written: boolean; readonly noise: boolean }[];
}

const axis = fc.record({ length: fc.integer({ min: 1, max: 9 }), chunk: fc.integer({ min: 1, max: 6 }) });
const model: fc.Arbitrary<Model> = fc
  .record({
    type: fc.constantFrom("uint8", "int16", "uint16", "float32", "float64", "complex128"),
    axes: fc.array(axis, { minLength: 1, maxLength: 4 }),
    shuffle: fc.boolean(),
    deflate: fc.constantFrom(undefined, 1, 6),
    fill: fc.constantFrom(0, 7),
    grows: fc.boolean(),
    cells: fc.array(fc.record({ written: fc.boolean(), noise: fc.boolean() }), { minLength: 7, maxLength: 7 }),
  })
  .map(({ axes, ...rest }) => ({
    ...rest,
    shape: axes.map(({ length }) => length),
    chunks: axes.map(({ length, chunk }, at) => (rest.grows && at === 0 ? chunk : Math.min(length, chunk))),
  }));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the model and gives the bytes of all its elements. */
async function write({ type, shape, chunks, fill, cells, grows, ...options }: Model, path: string): Promise<Buffer> {
  const item = itemSize[type];
  const pattern = Uint8Array.from({ length: item }, (_, byte) => (byte === 0 ? fill : 0));
  const whole = Buffer.alloc(elementCount(shape) * item, pattern);
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  const maxShape = grows ? [null, ...shape.slice(1)] : shape;
  const { deflate, shuffle } = options;
  const filters = deflate === undefined ? {} : { deflate, shuffle };
  const dataset = file.root.createDataset("x", { type, shape, maxShape, chunks, fillValue: pattern, ...filters });
  const counts = shape.map((length, at) => Math.ceil(length / (chunks[at] as number)));
  for (let cell = 0; cell < elementCount(counts); cell++) {
    const { written, noise } = cells[cell % cells.length] as Model["cells"][number];
    if (!written) continue;
    const offset = cellIndex(cell, counts).map((index, at) => index * (chunks[at] as number));
    const box = clipBox({ offset, shape: chunks }, wholeBox(shape)) as Box;
    const data = new Uint8Array(elementCount(box.shape) * item);
    for (let at = 0; at < data.length; at++) data[at] = noise ? Math.imul(at + cell + 1, 0x9e37_79b1) >>> 24 : cell;
    await dataset.writeChunk(box, data);
    copyBox({ box, data }, { box: wholeBox(shape), data: whole }, item);
  }
  await file.close();
  writeFileSync(path, sink.files.get("a.h5") as Uint8Array);
  return whole;
}

async function openSlabs(path: string, dataset: Hdf5Dataset, smallestChunkBytes = 1): Promise<ChunkSlabs | undefined> {
  const { shape, maxShape, chunks, filters, dataType } = dataset;
  if (!shape || !maxShape || !chunks || !dataType) throw new Error("no numbers in chunks");
  const itemBytes = itemSize[dataType];
  return await ChunkSlabs.open(
    path,
    { shape, maxShape, chunks, itemBytes, filters, address: await dataset.address() },
    smallestChunkBytes,
  );
}

test("chunks are read as they were written, and as HDF5 reads them", async () => {
  const path = join(folder, "chunks.h5");
  await fc.assert(
    fc.asyncProperty(model, fc.integer({ min: 1, max: 600 }), async (parts, maximumBytes) => {
      const expected = await write(parts, path);
      await withHdf5(path, async (file) => {
        const dataset = await file.dataset("x");
        expect(Buffer.from(await dataset.read())).toEqual(expected);
        const slabs = await openSlabs(path, dataset);
        const found: Uint8Array[] = [];
        let next = 0;
        for await (const { row, rows, data } of slabs?.read(undefined) ?? []) {
          expect(row).toBe(next);
          next += rows;
          found.push(data);
        }
        expect(next).toBe(parts.shape[0]);
        expect(Buffer.concat(found)).toEqual(expected);
        await expectBlocks(dataset, maximumBytes, expected);
      });
    }),
    { numRuns: 40 },
  );
});

/** Blocks of chunks too small to be read beside the library. */
async function expectBlocks(dataset: Hdf5Dataset, maximumBytes: number, expected: Buffer): Promise<void> {
  const shape = dataset.shape ?? [];
  const item = itemSize[dataset.dataType ?? "uint8"];
  const target = { box: wholeBox(shape), data: new Uint8Array(expected.length) };
  let bytes = 0;
  for await (const { offset, shape: lengths, data } of dataset.blocks({ maximumBytes })) {
    expect(data.length).toBe(elementCount(lengths) * item);
    expect(data.length).toBeLessThanOrEqual(Math.max(maximumBytes, item));
    copyBox({ box: { offset, shape: lengths }, data }, target, item);
    bytes += data.length;
  }
  expect(bytes).toBe(expected.length);
  expect(Buffer.from(target.data)).toEqual(expected);
}

const large: Model = {
  type: "uint16",
  shape: [5, 200, 150],
  chunks: [2, 128, 128],
  shuffle: true,
  deflate: 6,
  fill: 3,
  grows: true,
  cells: [
    { written: true, noise: true },
    { written: true, noise: false },
    { written: false, noise: false },
  ],
};

test("blocks come from chunks that are inflated here", async () => {
  const path = join(folder, "large.h5");
  const expected = await write(large, path);
  await withHdf5(path, async (file) => {
    const dataset = await file.dataset("x");
    const slabs = await openSlabs(path, dataset, 16 * 1024);
    const found: Uint8Array[] = [];
    for await (const { data } of slabs?.read(undefined) ?? []) found.push(data);
    expect(Buffer.concat(found)).toEqual(expected);
    await expectBlocks(dataset, 100_000, expected);
    await expectBlocks(dataset, 7000, expected);
  });
});

test("a reader that stops, and one that is told to, leave nothing open", async () => {
  const path = join(folder, "stopped.h5");
  await write(large, path);
  const control = new AbortController();
  const reason = new Error("enough");
  await withHdf5(path, async (file) => {
    for await (const { offset } of (await file.dataset("x")).blocks({ maximumBytes: 60_000 })) {
      expect(offset).toEqual([0, 0, 0]);
      break;
    }
  });
  const stopped = withHdf5(
    path,
    async (file) => {
      for await (const _ of (await file.dataset("x")).blocks({ maximumBytes: 60_000 })) control.abort(reason);
    },
    control.signal,
  );
  await expect(stopped).rejects.toBe(reason);
});

test("a damaged file gives values or a reason", async () => {
  const path = join(folder, "damaged.h5");
  const expected = await write(large, path);
  const original = readFileSync(path);
  const flip = fc.record({ at: fc.nat(original.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 20 }), async (flips) => {
      const bytes = Buffer.from(original);
      for (const { at, value } of flips) bytes[at] = value;
      writeFileSync(path, bytes);
      try {
        await withHdf5(path, async (file) => {
          const dataset = await file.dataset("x");
          let length = 0;
          for await (const { data } of dataset.blocks()) {
            length += data.length;
            if (length > 4 * expected.length) return;
          }
          expect(length).toBe(elementCount(dataset.shape ?? []) * itemSize[dataset.dataType ?? "uint8"]);
        });
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error.problem.reason).toMatch(/^HDF5_/);
      }
    }),
    { numRuns: 30 },
  );
});
