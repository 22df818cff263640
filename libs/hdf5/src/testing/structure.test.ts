import { beforeAll, expect, test } from "@jest/globals";
import { memorySink } from "@sluice/sink/testing";
import { compound, Hdf5Writer } from "../write/index.ts";
import { readStructure } from "./structure.ts";

let sound = new Uint8Array(0);

beforeAll(async () => {
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  const { root } = file;
  for (const name of ["a", "b", "c", "d", "e", "f"]) root.createGroup(name);
  root.attributes.set("text", "some text");
  root.attributes.set(
    "members",
    [{ number: 1.5, object: root }],
    compound(["number", "float32"], ["object", "reference"]),
  );
  const options = { type: "uint16", shape: [6, 4], chunks: [2, 4], shuffle: true, deflate: 6 } as const;
  await root.createDataset("chunked", options).append(new Uint8Array(48));
  await root.writeDataset("flags", [true, false]);
  await file.close();
  sound = new Uint8Array(sink.files.get("a.h5") as Uint8Array);
});

/** Where a mark stands first. */
function find(mark: string | readonly number[]): number {
  const at = Buffer.from(sound).indexOf(Buffer.from(mark as string));
  expect(at).toBeGreaterThanOrEqual(0);
  return at;
}

/** Header of the group "a": one message, one link to it. */
function emptyGroup(): number {
  return find([1, 0, 1, 0, 1, 0, 0, 0, 24, 0, 0, 0]);
}

function chunkNode(): number {
  return find([...Buffer.from("TREE"), 1]);
}

const keyBytes = 8 + 8 * 3;
const uint16Type = [0x10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0];
const float32Type = [0x11, 0x20, 0x1f, 0, 4];
const layout = [3, 2, 3];

test("the file that is spoilt below has no flaw", () => {
  const facts = readStructure(sound);
  expect(facts.groups).toEqual(["/", "/a", "/b", "/c", "/d", "/e", "/f"]);
  expect(facts.datasets.get("/chunked")?.chunks).toHaveLength(3);
  expect(facts.texts.get("/@text")).toEqual(["some text"]);
});

test.each<[string, () => number, readonly number[], string]>([
  ["heap free list of all bits", () => find("HEAP") + 16, Array.from({ length: 8 }, () => 255), "no count or address"],
  ["heap free list at 0", () => find("HEAP") + 16, [0], "a free list at 0"],
  ["free space of a collection left zero", () => find("some text") + 16 + 8, [0, 0], "free space of"],
  ["a layout without the axis of the element", () => find(layout) + 2, [2], "a layout of rank 2"],
  ["an end key of zero", () => chunkNode() + 24 + 3 * (keyBytes + 8) + 8, [0], "keys at"],
  ["an end key short of the last chunk", () => chunkNode() + 24 + 3 * (keyBytes + 8) + 16, [5], "the end key is"],
  ["an index into the heap that is wrong", () => textElement() + 12, [2], "no object 2"],
  ["a text with another length", () => textElement(), [4], "a text of 4 bytes"],
  ["an integer without precision", () => find(uint16Type) + 10, [0], "does not fill its bytes"],
  ["a float without its implied bit", () => find(float32Type) + 1, [0], "a float without implied bit"],
  ["names out of order", () => find("b\0\0\0\0\0\0\0c\0\0\0"), [0x7a], "behind"],
  [
    "a last key that is not the greatest name",
    () => find([...Buffer.from("TREE"), 0]) + 24 + 16,
    [8],
    "not the greatest name",
  ],
  ["a message that is not of eights", () => find([0x11, 0, 16, 0]) + 2, [17], "a message of 17 bytes"],
  ["a leaf width other than the nodes", () => 16, [3], "HDF5 structure"],
  ["an inner width other than the nodes", () => 18, [3], "HDF5 structure"],
  ["an end beyond the file", () => 40, [0xff], "ends at"],
  ["an attribute with parts that are not padded", () => find("text\0") - 6, [12], "HDF5 structure"],
  ["a message too many in the count of a header", () => emptyGroup() + 2, [2], "HDF5 structure"],
  ["an object without a link", () => emptyGroup() + 4, [0], "with other than one link"],
  ["a collection shorter than the library makes it", () => find("GCOL") + 8, [0, 8], "a heap collection of 2048"],
  ["a root that is cached as no group", () => 72, [0], "a root that is no group"],
  ["a cached table of a root that is another one", () => 80, [0], "knows another symbol table"],
  ["a chunk that begins inside an element", () => chunkNode() + 24 + 8 + 16, [1], "a chunk inside an element"],
  ["a chunk off the grid", () => chunkNode() + 24 + keyBytes + 8 + 8, [3], "a chunk off the grid"],
  ["a mask of filters that there are not", () => chunkNode() + 24 + 4, [4], "filter mask 4"],
  ["a fill value that is not defined", () => find([2, 3, 2, 1]) + 3, [0], "a fill value that is not defined"],
  ["a shuffle of other elements", () => find("shuffle\0") + 8, [4], "filter 2 of 4"],
])("finds %s", (_, where, patch, message) => {
  const spoilt = sound.slice();
  spoilt.set(patch, where());
  expect(() => readStructure(spoilt)).toThrow(message);
});

test("finds a byte too many and a byte too few", () => {
  expect(() => readStructure(Buffer.concat([sound, Buffer.of(0)]))).toThrow("ends at");
  expect(() => readStructure(sound.subarray(0, -1))).toThrow("ends at");
});

/** The element of the attribute "text": it points to the collection. */
function textElement(): number {
  const collection = find("GCOL");
  const address = Buffer.alloc(8);
  address.writeBigUInt64LE(BigInt(collection));
  return find([9, 0, 0, 0, ...address]);
}
