import { expect, test } from "@jest/globals";
import type { ArtifactWriter } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { memorySink } from "@sluice/sink/testing";
import fc from "fast-check";
import { type FileFacts, randomTree, readCheckpoint, readStructure, writeTree } from "../testing/index.ts";
import { Hdf5Writer, type Hdf5WriterOptions } from "./hdf5-writer.ts";
import { compound } from "./type.ts";

/** An artifact in memory: what it was at each checkpoint, and at its end. */
class Recorder implements ArtifactWriter {
  readonly checkpoints: Uint8Array[] = [];
  #bytes = new Uint8Array(0);

  get position(): number {
    return this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice();
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  readonly checkpoint = async (head: Uint8Array): Promise<void> => {
    this.#bytes.set(head);
    this.checkpoints.push(this.bytes);
  };

  async rewriteHead(bytes: Uint8Array): Promise<void> {
    this.#bytes.set(bytes);
  }

  async close(): Promise<void> {}
}

function record(options: Hdf5WriterOptions = {}): { recorder: Recorder; file: Hdf5Writer } {
  const recorder = new Recorder();
  return { recorder, file: new Hdf5Writer(recorder, options) };
}

/** Elements of a dataset of bytes with chunks along axis 0 that are not filtered. */
function bytesOf(file: Uint8Array, facts: FileFacts, path: string): number[] {
  const dataset = facts.datasets.get(path);
  const chunks = dataset?.chunks.flatMap(({ address, bytes }) => [...file.subarray(address, address + bytes)]);
  return chunks?.slice(0, dataset?.shape?.[0]) ?? [];
}

const growing = { type: "uint8", shape: [0], maxShape: [null], chunks: [4] } as const;

test("a checkpoint holds every row that was appended before it, whole chunk or not, and the file goes on", async () => {
  const { recorder, file } = record();
  const dataset = file.root.createDataset("rows", growing);
  for (let row = 0; row < 11; row++) {
    await dataset.append(Uint8Array.of(row + 1));
    await file.checkpoint();
  }
  await file.close();
  const all = Array.from({ length: 11 }, (_, row) => row + 1);
  for (const [index, bytes] of recorder.checkpoints.entries()) {
    const facts = readCheckpoint(bytes);
    expect(facts.datasets.get("/rows")?.shape).toEqual([index + 1]);
    expect(bytesOf(bytes, facts, "/rows")).toEqual(all.slice(0, index + 1));
  }
  expect(bytesOf(recorder.bytes, readCheckpoint(recorder.bytes), "/rows")).toEqual(all);
  expect(readCheckpoint(recorder.bytes).datasets.get("/rows")?.chunks).toHaveLength(3);
});

test("texts, references and what is made in between are as they were at the checkpoint", async () => {
  const { recorder, file } = record();
  const { root } = file;
  const rows = compound(["object", "reference"], ["label", "text"]);
  const options = { shape: [0], maxShape: [null], chunks: [2], deflate: 1, shuffle: true } as const;
  const table = root.createDataset("table", { ...options, type: rows });
  const names = root.createDataset("names", { ...options, type: "text" });
  root.attributes.set("state", "first");
  for (const label of ["one", "two", "three"]) {
    await table.append([{ object: root.createGroup(label), label }]);
    await names.append([`name of ${label}`]);
    await file.checkpoint();
    root.attributes.set("state", `after ${label}`);
  }
  await file.close();
  const texts = recorder.checkpoints.map((bytes) => readCheckpoint(bytes).texts);
  expect(texts.map((facts) => facts.get("/@state"))).toEqual([["first"], ["after one"], ["after two"]]);
  expect(texts[1]?.get("/names")).toEqual(["name of one", "name of two"]);
  expect(texts[2]?.get("/names")?.slice(0, 3)).toEqual(["name of one", "name of two", "name of three"]);
  expect(texts[0]?.get("/table")?.slice(0, 1)).toEqual(["one"]);
  const facts = readCheckpoint(recorder.bytes);
  expect(facts.texts.get("/@state")).toEqual(["after three"]);
  expect(facts.texts.get("/table")?.slice(0, 3)).toEqual(["one", "two", "three"]);
  expect(recorder.checkpoints.map((bytes) => readCheckpoint(bytes).groups.length)).toEqual([2, 3, 4]);
});

test("random trees with checkpoints on the way read as without", async () => {
  await fc.assert(
    fc.asyncProperty(randomTree, randomTree, async (first, second) => {
      const sink = memorySink();
      const plain = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
      await writeTree(plain, first);
      await plain.close();
      const { recorder, file } = record();
      await file.checkpoint();
      await writeTree(file, first);
      await file.checkpoint();
      await writeTree({ root: file.root.createGroup("second tree") }, second);
      await file.checkpoint();
      await file.close();
      const expected = readStructure(sink.files.get("a.h5") as Uint8Array);
      const [empty, one, two] = recorder.checkpoints.map((bytes) => readCheckpoint(bytes));
      expect(empty?.groups).toEqual(["/"]);
      expect(withoutPlaces(one)).toEqual(withoutPlaces(expected));
      expect(withoutPlaces(two)).toEqual(withoutPlaces(readCheckpoint(recorder.bytes)));
    }),
    { numRuns: 40 },
  );
});

/** Without addresses, and sizes of chunks: addresses among the elements are compressed, too. */
function withoutPlaces(facts: FileFacts | undefined) {
  const datasets = Array.from(facts?.datasets ?? [], ([path, { chunks, ...dataset }]) => [
    path,
    { ...dataset, chunks: chunks.map(({ offset }) => offset) },
  ]);
  return { ...facts, datasets };
}

test("calls during a checkpoint wait for their turn or belong to the next", async () => {
  const { recorder, file } = record();
  const dataset = file.root.createDataset("rows", growing);
  const calls: Promise<void>[] = [];
  for (let row = 0; row < 9; row++) {
    calls.push(dataset.append(Uint8Array.of(row)), file.checkpoint());
    file.root.createGroup(`group ${row}`).attributes.set("text", `of ${row}`);
    await Promise.resolve();
  }
  await Promise.all(calls);
  await file.close();
  expect(recorder.checkpoints.map((bytes) => readCheckpoint(bytes).datasets.get("/rows")?.shape?.[0])).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  expect(readCheckpoint(recorder.bytes).groups).toHaveLength(10);
});

test("a dataset in one piece has to be full; when it is refused nothing has changed", async () => {
  const { recorder, file } = record();
  const piece = file.root.createDataset("piece", { type: "uint8", shape: [8] });
  await file.root.createDataset("rows", growing).append(Uint8Array.of(1, 2));
  await piece.append(new Uint8Array(5).fill(7));
  expect((await problemOf(() => file.checkpoint())).reason).toBe("HDF5_DATASET_INCOMPLETE");
  await piece.append(new Uint8Array(3).fill(7));
  await file.checkpoint();
  await file.close();
  expect(recorder.checkpoints).toHaveLength(1);
  expect(readCheckpoint(recorder.bytes).datasets.get("/piece")?.shape).toEqual([8]);
});

test("made by itself after so many bytes, not inside a dataset in one piece, and not for much waste", async () => {
  const { recorder, file } = record({ checkpointBytes: 100_000 });
  const piece = file.root.createDataset("piece", { type: "uint8", shape: [400_000] });
  for (let part = 0; part < 4; part++) await piece.append(new Uint8Array(100_000));
  const frames = file.root.createDataset("frames", {
    type: "uint8",
    shape: [0, 1000],
    maxShape: [null, 1000],
    chunks: [1, 1000],
  });
  for (let frame = 0; frame < 1000; frame++) await frames.append(new Uint8Array(1000));
  await file.close();
  expect(recorder.checkpoints.length).toBeGreaterThan(3);
  expect(recorder.checkpoints.length).toBeLessThan(14);
  for (const bytes of recorder.checkpoints) readCheckpoint(bytes);
  expect(recorder.bytes.length).toBeLessThan(1.15 * 1_400_000);
});

test("an artifact whose bytes have left has no checkpoints", async () => {
  const writer = (path: string) => memorySink().create(path, "application/x-hdf5");
  const file = new Hdf5Writer(await writer("a.h5"));
  expect((await problemOf(() => file.checkpoint())).reason).toBe("CHECKPOINT_UNSUPPORTED");
  const other = await writer("b.h5");
  expect((await problemOf(() => new Hdf5Writer(other, { checkpointBytes: 1 }))).reason).toBe("CHECKPOINT_UNSUPPORTED");
  await file.close();
  expect((await problemOf(() => file.checkpoint())).reason).toBe("HDF5_FILE_CLOSED");
});
