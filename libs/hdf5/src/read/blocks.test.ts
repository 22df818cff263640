import { expect, test } from "@jest/globals";
import type { Box } from "@sluice/core";
import { type DatasetBlock, readInBlocks } from "./blocks.ts";

const mebibyte = 1024 * 1024;

/** Blocks of a dataset of bytes, and the boxes that were read for them. */
async function read(shape: readonly number[], chunkRows: number, maximumBytes: number) {
  const boxes: Box[] = [];
  const blocks: DatasetBlock[] = [];
  const data = new Uint8Array(130 * mebibyte);
  const source = readInBlocks(shape, chunkRows, 1, maximumBytes, async (box) => {
    boxes.push(box);
    return data.subarray(
      0,
      box.shape.reduce((product, length) => product * length, 1),
    );
  });
  for await (const block of source) blocks.push(block);
  return { boxes, blocks: blocks.map(({ offset, shape: lengths, data: bytes }) => [offset, lengths, bytes.length]) };
}

test("whole rows of chunks are read, and cut into blocks", async () => {
  expect(await read([7, 10], 3, 20)).toEqual({
    boxes: [
      { offset: [0, 0], shape: [3, 10] },
      { offset: [3, 0], shape: [3, 10] },
      { offset: [6, 0], shape: [1, 10] },
    ],
    blocks: [
      [[0, 0], [2, 10], 20],
      [[2, 0], [1, 10], 10],
      [[3, 0], [2, 10], 20],
      [[5, 0], [1, 10], 10],
      [[6, 0], [1, 10], 10],
    ],
  });
});

test("chunks higher than memory allows are read in as few parts as it does", async () => {
  const { boxes, blocks } = await read([40, 10, mebibyte], 40, 100 * mebibyte);
  expect(boxes.map(({ offset, shape }) => [offset[0], shape[0]])).toEqual([
    [0, 12],
    [12, 12],
    [24, 12],
    [36, 4],
  ]);
  expect(blocks.slice(0, 2)).toEqual([
    [[0, 0, 0], [10, 10, mebibyte], 100 * mebibyte],
    [[10, 0, 0], [2, 10, mebibyte], 20 * mebibyte],
  ]);
});

test("a row larger than that is read in parts", async () => {
  const { boxes, blocks } = await read([2, 129, mebibyte], 1, 100 * mebibyte);
  expect(boxes).toEqual(blocks.map(([offset, shape]) => ({ offset, shape })));
  expect(blocks.slice(0, 3)).toEqual([
    [[0, 0, 0], [1, 100, mebibyte], 100 * mebibyte],
    [[0, 100, 0], [1, 29, mebibyte], 29 * mebibyte],
    [[1, 0, 0], [1, 100, mebibyte], 100 * mebibyte],
  ]);
});

test("a scalar is one block", async () => {
  expect(await read([], 1, 100)).toEqual({ boxes: [{ offset: [], shape: [] }], blocks: [[[], [], 1]] });
});
