import { closeSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { expect, jest, test } from "@jest/globals";
import type { ArtifactWriter } from "@sluice/core";
import { Hdf5Writer, withHdf5 } from "@sluice/hdf5";
import { readStructure } from "@sluice/hdf5/testing";
import { memorySink } from "@sluice/sink/testing";
import { randomNumbers } from "../harness/pixels.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(120_000);
const scratch = useScratch();
const mebibyte = 1024 * 1024;

/** Writes a file without what is all zeros: some GiB take neither time nor room. */
class SparseFile implements ArtifactWriter {
  position = 0;
  readonly #file: number;
  readonly #zeros: Uint8Array;

  /** @param zeros bytes that are zero; recognised by their memory */
  constructor(path: string, zeros: Uint8Array) {
    this.#file = openSync(path, "w");
    this.#zeros = zeros;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.buffer !== this.#zeros.buffer) writeSync(this.#file, bytes, 0, bytes.length, this.position);
    this.position += bytes.length;
  }

  async rewriteHead(bytes: Uint8Array): Promise<void> {
    ftruncateSync(this.#file, this.position);
    writeSync(this.#file, bytes, 0, bytes.length, 0);
  }

  async close(): Promise<void> {
    closeSync(this.#file);
  }
}

test("elements and metadata beyond 4 GiB are found", async () => {
  const path = scratch.path("large.h5");
  const zeros = new Uint8Array(4 * mebibyte);
  const file = new Hdf5Writer(new SparseFile(path, zeros));
  const movie = file.root.createDataset("movie", {
    type: "uint8",
    shape: [0, zeros.length],
    maxShape: [null, zeros.length],
    chunks: [1, zeros.length],
  });
  for (let frame = 0; frame < 1100; frame++) await movie.append(zeros);
  await movie.append(new Uint8Array(zeros.length).fill(7));
  await file.root.writeDataset("far/piece", Float64Array.of(1.5, -2.5));
  await file.root.writeDataset("far/names", ["µ", "beyond"]);
  file.root.attributes.set("text", "at the end");
  await file.close();
  expect(statSync(path).size).toBeGreaterThan(4.3 * 2 ** 30);

  await withHdf5(path, async (read) => {
    const stored = await read.dataset("movie");
    expect(stored.shape).toEqual([1101, zeros.length]);
    const box = (row: number) => ({ offset: [row, 10], shape: [1, 4] });
    expect([...(await stored.read(box(1099)))]).toEqual([0, 0, 0, 0]);
    expect([...(await stored.read(box(1100)))]).toEqual([7, 7, 7, 7]);
    const piece = await (await read.dataset("far/piece")).read();
    expect([...new Float64Array(piece.slice().buffer)]).toEqual([1.5, -2.5]);
    expect(await (await read.dataset("far/names")).readText()).toEqual(["µ", "beyond"]);
    expect((await read.attributes()).get("text")).toBe("at the end");
  });
});

async function inMemory(work: (file: Hdf5Writer) => Promise<void>): Promise<Uint8Array> {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await work(file);
  await file.close();
  return sink.files.get("a.h5") as Uint8Array;
}

test("100,000 chunks in order, 20,000 in any order", async () => {
  const [chunks, anyChunks] = [100_000, 20_000];
  const value = (row: number) => [row, row + 1];
  const options = { type: "uint32", shape: [0, 2], maxShape: [null, 2], chunks: [1, 2] } as const;
  const bytes = await inMemory(async ({ root }) => {
    const ascending = root.createDataset("ascending", options);
    const any = root.createDataset("any", options);
    const rows = Array.from({ length: chunks }, (_, row) => row);
    await ascending.append(Uint32Array.from(rows.flatMap(value)));
    for (const row of rows.slice(0, anyChunks)) {
      const other = (row * 7919) % anyChunks;
      const box = { offset: [other, 0], shape: [1, 2] };
      await any.writeChunk(box, new Uint8Array(Uint32Array.from(value(other)).buffer));
    }
  });
  const { datasets } = readStructure(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (const [name, count] of Object.entries({ "/ascending": chunks, "/any": anyChunks })) {
    const found = datasets.get(name)?.chunks ?? [];
    expect(found).toHaveLength(count);
    expect(found.every(({ offset, address }, row) => offset[0] === row && view.getUint32(address, true) === row)).toBe(
      true,
    );
  }
});

test("10,000 groups with 5 attributes each", async () => {
  const bytes = await inMemory(async ({ root }) => {
    for (let group = 0; group < 10_000; group++) {
      const { attributes } = root.createGroup(`unit_${group}`);
      attributes.set("id", group, "int64");
      attributes.set("rate", group / 7, "float64");
      attributes.set("label", `unit ${group}`);
      attributes.set("good", group % 2 === 0);
      attributes.set("position", Float64Array.of(group, 1, 2));
    }
  });
  const { groups, texts } = readStructure(bytes);
  expect(groups).toHaveLength(10_001);
  const labels = Array.from({ length: 10_000 }, (_, group) => texts.get(`/unit_${group}@label`)?.[0]);
  expect(labels).toEqual(Array.from({ length: 10_000 }, (_, group) => `unit ${group}`));
});

test("an attribute above 64 KiB is refused when it is set, and nothing else is lost", async () => {
  const bytes = await inMemory(async ({ root }) => {
    root.attributes.set("values", "before");
    const rows = root.createDataset("rows", { type: "float64", shape: [0], maxShape: [null] });
    await rows.append(Float64Array.of(1));
    expect(() => rows.attributes.set("values", new Float64Array(8192))).toThrow("HDF5_ATTRIBUTE_TOO_LARGE");
    expect(() => root.attributes.set("values", new Float64Array(8192))).toThrow("HDF5_ATTRIBUTE_TOO_LARGE");
    await rows.append(Float64Array.of(2));
    rows.attributes.set("values", new Float64Array(8000));
  });
  const { datasets, texts } = readStructure(bytes);
  expect(datasets.get("/rows")?.shape).toEqual([2]);
  expect(texts.get("/@values")).toEqual(["before"]);
});

test("whichever write fails, the file is not closed, its head stays zero, and the fault is told", async () => {
  /** Takes so many writes, then has no room. */
  const recordUntil = async (most: number) => {
    const pieces: Uint8Array[] = [];
    let rewritten = 0;
    let position = 0;
    const writer: ArtifactWriter = {
      get position() {
        return position;
      },
      write: async (bytes) => {
        if (pieces.length >= most) throw new Error("No space left.");
        pieces.push(bytes);
        position += bytes.length;
      },
      rewriteHead: async () => {
        rewritten += 1;
      },
      close: async () => {},
    };
    const file = new Hdf5Writer(writer);
    const outcome = await recordSome(file).then(
      () => "closed",
      (error: Error) => error.message,
    );
    if (outcome !== "closed") await expect(file.root.writeDataset("more", 1, { type: "int8" })).rejects.toThrow();
    return { outcome, rewritten, writes: pieces.length };
  };
  const { outcome, writes } = await recordUntil(Number.POSITIVE_INFINITY);
  expect(outcome).toBe("closed");
  expect(writes).toBeGreaterThan(10);
  for (let most = 0; most < writes; most++) {
    expect(await recordUntil(most)).toEqual({ outcome: "No space left.", rewritten: 0, writes: most });
  }
});

const random = randomNumbers(3);
const frame = Uint16Array.from({ length: 512 * 256 }, () => random() * 65_536);

async function recordSome(file: Hdf5Writer): Promise<void> {
  const movie = file.root.createDataset("movie", {
    type: "uint16",
    shape: [0, 512, 256],
    maxShape: [null, 512, 256],
    chunks: [1, 512, 256],
    shuffle: true,
    deflate: "adaptive",
  });
  for (let index = 0; index < 8; index++) await movie.append(frame);
  await file.root.writeDataset("piece", new Uint8Array(mebibyte));
  for (let group = 0; group < 300; group++) file.root.createGroup(`group ${group}`).attributes.set("name", `${group}`);
  await file.close();
}
