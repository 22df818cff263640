import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { readChunks } from "../testing/chunks.ts";
import { Extents } from "../testing/extents.ts";
import { digits, hex } from "../testing/hex.ts";
import { ChunkIndex } from "./chunk-index.ts";
import { chunkTree, chunkTreeBytes, chunkTreeRoot } from "./chunk-tree.ts";

function indexOf(cells: readonly number[]): ChunkIndex {
  const index = new ChunkIndex();
  for (const cell of cells) {
    const place = index.claim(cell);
    if (place !== undefined) index.set(place, { address: 1000 + 10 * cell, bytes: cell + 1, filterMask: cell % 4 });
  }
  return index;
}

test("one node: keys with offsets, the end key behind the last chunk", () => {
  const shape = { chunk: [2, 3], counts: [9, 2], itemBytes: 4 };
  const [node = new Uint8Array(0), ...others] = chunkTree(indexOf([3]), shape, 96);
  expect(others).toEqual([]);
  expect(node.length).toBe(24 + 64 * 8 + 65 * 32);
  expect(hex(node.subarray(0, 24 + 32 + 8 + 32))).toBe(
    digits(`54 52 45 45 01 00 01 00 | 8*ff | 8*ff
      | 04 00 00 00 03 00 00 00 | 02 7*00 | 03 7*00 | 8*00
      | 06 04 6*00
      | 00 00 00 00 00 00 00 00 | 04 7*00 | 06 7*00 | 04 7*00`),
  );
  expect(node.subarray(96).every((byte) => byte === 0)).toBe(true);
});

test("no chunk, no tree", () => {
  const shape = { chunk: [1], counts: [1], itemBytes: 1 };
  expect([...chunkTree(new ChunkIndex(), shape, 96)]).toEqual([]);
  expect(chunkTreeRoot(0, shape, 96)).toBeUndefined();
});

test("a cell is claimed once, in whatever order", () => {
  const index = new ChunkIndex();
  expect([5, 2, 5, 7, 2, 0].map((cell) => index.claim(cell))).toEqual([0, 1, undefined, 2, undefined, 3]);
  expect(Array.from(index.sorted(), ({ cell }) => cell)).toEqual([0, 2, 5, 7]);
});

function readBack(cells: readonly number[], counts: readonly number[], chunk: readonly number[]) {
  const shape = { chunk, counts, itemBytes: 2 };
  const index = indexOf(cells);
  const start = 64;
  const tree = Buffer.concat([Buffer.alloc(start), ...chunkTree(index, shape, start)]);
  expect(tree.length - start).toBe(chunkTreeBytes(index.count, shape));
  return readChunks(tree, new Extents(), chunkTreeRoot(index.count, shape, start) as number, chunk, 2);
}

test.each([1, 63, 64, 65, 64 * 64, 64 * 64 + 1])("%d chunks are found again", (count) => {
  const found = readBack(
    Array.from({ length: count }, (_, cell) => cell),
    [count, 1],
    [3, 5],
  );
  expect(found).toEqual(
    Array.from({ length: count }, (_, cell) => ({
      offset: [3 * cell, 0],
      address: 1000 + 10 * cell,
      bytes: cell + 1,
      filterMask: cell % 4,
    })),
  );
});

test("chunks of any grid that came in any order are found in order", () => {
  const grids = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
  const cells = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(grids, cells, (counts, wanted) => {
      const chunk = counts.map((count) => count + 1);
      const numbers = readBack(wanted, counts, chunk).map(({ offset }) =>
        offset.reduce(
          (number, start, axis) => number * (axis ? (counts[axis] as number) : 1) + start / (chunk[axis] as number),
          0,
        ),
      );
      expect(numbers).toEqual(wanted.toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});
