import { expect, test } from "@jest/globals";
import { crc32c } from "@node-rs/crc32";
import { asBytes } from "./data-type.ts";
import { maximumLeaves } from "./digest.ts";
import { RaggedDigests } from "./ragged-digest.ts";

const data = Uint8Array.from({ length: 12 }, (_, index) => index);

test("a leaf is the checksum of a row and its element count, however the rows were sent", () => {
  const whole = new RaggedDigests(2);
  whole.update({ rowLengths: [2, 0, 4], elementOffset: 0, data });
  const parts = new RaggedDigests(2);
  parts.update({ rowLengths: [2, 0], elementOffset: 0, data: data.subarray(0, 4) });
  parts.update({ rowLengths: [1], elementOffset: 0, data: data.subarray(4, 6) });
  parts.update({ rowLengths: [3], elementOffset: 1, data: data.subarray(6) });
  const digest = whole.finish("times", "uint16", 3);
  expect(parts.finish("times", "uint16", 3)).toEqual(digest);
  const leaf = (row: Uint8Array) => crc32c(Buffer.concat([row, asBytes(BigUint64Array.of(BigInt(row.length / 2)))]));
  expect(digest).toMatchObject({
    array: "times",
    dataType: "uint16",
    shape: [3],
    framesPerLeaf: 1,
    frames: [leaf(data.subarray(0, 4)), leaf(new Uint8Array(0)), leaf(data.subarray(4))],
  });
});

test("where a row ends changes the digest; no row has no leaf", () => {
  const root = (rowLengths: number[]) => {
    const digests = new RaggedDigests(1);
    digests.update({ rowLengths, elementOffset: 0, data });
    return Buffer.from(digests.finish("a", "uint8", rowLengths.length).root).toString("hex");
  };
  expect(new Set([root([6, 6]), root([5, 7]), root([12, 0]), root([0, 12])]).size).toBe(4);
  expect(new RaggedDigests(1).finish("a", "uint8", 0).frames).toEqual([]);
});

test("more rows than leaves: a leaf covers the bytes of its rows end to end", () => {
  const rows = maximumLeaves + 2;
  const digests = new RaggedDigests(1);
  for (let row = 0; row < rows; row++) {
    digests.update({ rowLengths: [row % 2], elementOffset: 0, data: data.subarray(5, 5 + (row % 2)) });
  }
  const { framesPerLeaf, frames } = digests.finish("a", "uint8", rows);
  const pair = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0);
  expect([framesPerLeaf, frames.length]).toEqual([2, maximumLeaves / 2 + 1]);
  expect(new Set(frames)).toEqual(new Set([crc32c(pair)]));
});
