import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { memorySink } from "@sluice/sink/testing";
import * as h5wasm from "h5wasm/node";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import { OwnReading } from "./own-reading.ts";
import { StorageError } from "./structure/stored-file.ts";

let folder = "";
let sound = Buffer.alloc(0);

/** A group, texts, and a dataset of so many chunks that their tree has two levels. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  file.root.createGroup("group").attributes.set("rate", 30, "float64");
  await file.root.writeDataset("texts", ["a", "b"]);
  await file.root.writeDataset("chunks", new Uint8Array(70), { chunks: [1] });
  await file.close();
  sound = Buffer.from(sink.files.get("a.h5") as Uint8Array);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All answers that our own code gives of a file. */
async function readAll(bytes: Uint8Array, length = 70): Promise<unknown[]> {
  const path = join(folder, "hostile.h5");
  writeFileSync(path, bytes);
  const reading = await OwnReading.open(path, undefined);
  const pointers = { itemBytes: 4, texts: [0], references: [], sequences: [] };
  try {
    return [
      await reading.answer("children", "/", {}),
      await reading.answer("attributes", "/group", {}),
      await reading.answer("read", "/texts", { offset: [0], shape: [2], count: 2, pointers }),
      await reading.answer("read", "/chunks", { offset: [0], shape: [length] }),
    ];
  } finally {
    await reading.close();
  }
}

/** Where the n-th structure with a signature begins; the last one for -1. */
function placeOf(signature: string, number: number): number {
  const places: number[] = [];
  for (let at = sound.indexOf(signature); at >= 0; at = sound.indexOf(signature, at + 1)) places.push(at);
  return places.at(number) as number;
}

function damaged(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(sound);
  change(bytes);
  return bytes;
}

/** The node of chunks above the others. */
function topNode(): number {
  return sound.indexOf("TREE\u0001\u0001");
}

test("the sound file is read without the library", async () => {
  const [children, , texts, chunks] = await readAll(sound);
  expect(children).toEqual([
    { name: "chunks", kind: "dataset" },
    { name: "group", kind: "group" },
    { name: "texts", kind: "dataset" },
  ]);
  expect(texts).toMatchObject({ texts: ["a", "b"] });
  expect(chunks).toMatchObject({ bytes: new Uint8Array(70) });
});

test.each<[string, (bytes: Buffer) => void]>([
  ["a group whose node of links leads to itself", (bytes) => bytes.writeUInt8(1, placeOf("TREE\0", 0) + 5)],
  ["more links than a node has room for", (bytes) => bytes.writeUInt16LE(65_535, placeOf("SNOD", 0) + 6)],
  ["a name beyond the heap", (bytes) => bytes.writeUInt32LE(0xffff_fff0, placeOf("SNOD", 0) + 8)],
  ["a local heap that ends nowhere", (bytes) => bytes.writeUInt32LE(0xffff_fff0, placeOf("HEAP", 0) + 8)],
  ["a list of free places that leads round", (bytes) => bytes.writeUInt32LE(0, placeOf("HEAP", 0) + 16)],
  ["free space without a length", (bytes) => bytes.fill(0, placeOf("GCOL", 0) + 16 + 24 + 24, placeOf("GCOL", 0) + 90)],
  ["chunks that lead to their own node", (bytes) => bytes.writeUInt32LE(topNode(), topNode() + 24 + 24)],
  [
    "two ways to the same chunks",
    (bytes) => bytes.copy(bytes, topNode() + 24 + 24 + 8 + 24, topNode() + 48, topNode() + 56),
  ],
  ["a file that is longer than it is", (bytes) => bytes.writeUInt32LE(bytes.length + 1, 40)],
  ["a root beyond the end", (bytes) => bytes.writeUInt32LE(0xffff_fff0, 64)],
  ["a version of no superblock", (bytes) => bytes.writeUInt8(9, 8)],
])("%s is left to the library", async (_name, change) => {
  await expect(readAll(damaged(change))).rejects.toBeInstanceOf(StorageError);
});

test("each checksum of later versions is held to", async () => {
  await h5wasm.ready;
  const path = join(folder, "later.h5");
  const file = new h5wasm.File(path, "w", { libver: ["v110", "v110"] });
  file.create_group("group");
  file.create_dataset({ name: "chunks", data: new Uint8Array(500), chunks: [1], shape: [500], maxshape: [null] });
  file.create_dataset({ name: "texts", data: ["a", "b"], shape: [2], dtype: "S" });
  file.close();
  const bytes = readFileSync(path);
  expect(await readAll(bytes, 500)).toHaveLength(4);
  for (const [signature, at] of [
    ["\u0089HDF", 12],
    ["\u0089HDF", 44],
    ["OHDR", 7],
    ["EAHD", 10],
    ["EAIB", 20],
    ["EASB", 15],
    ["EADB", 20],
  ] as const) {
    const place = bytes.indexOf(signature, 0, "latin1");
    expect([signature, place >= 0]).toEqual([signature, true]);
    const copy = Buffer.from(bytes);
    copy.writeUInt8((copy[place + at] as number) ^ 1, place + at);
    await expect(readAll(copy, 500)).rejects.toBeInstanceOf(StorageError);
  }
});

test("wherever a file ends, it is left to the library", async () => {
  for (let length = 0; length < sound.length; length += 397) {
    await expect(readAll(sound.subarray(0, length))).rejects.toBeInstanceOf(StorageError);
  }
});

test("whatever byte is another one, our own code reads the file or leaves it", async () => {
  for (let at = 0; at < sound.length; at += 61) {
    const bytes = damaged((copy) => copy.writeUInt8((copy[at] as number) ^ 0xff, at));
    const left = await readAll(bytes).catch((error: unknown) => error);
    expect(Array.isArray(left) || left instanceof StorageError).toBe(true);
  }
});
