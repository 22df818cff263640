import { expect, test } from "@jest/globals";
import { fullPyramid, layOut, stripRows } from "./layout.ts";

const strips = { tileSize: 0, reducedLevels: 0 };

test("a plane of up to 1 MiB is one strip", () => {
  const { levels, segments, planeBytes } = layOut({ width: 512, height: 512, itemBytes: 4, ...strips });
  expect({ segments, planeBytes }).toEqual({ segments: 1, planeBytes: 1024 * 1024 });
  expect(levels[0]).toMatchObject({ tiled: false, segmentWidth: 512, segmentHeight: 512, columns: 1, rows: 1 });
});

test("a larger plane is cut into strips of an even number of rows, 512 KiB to 1 MiB each", () => {
  const { levels, segments } = layOut({ width: 1001, height: 2047, itemBytes: 4, ...strips });
  const level = levels[0]!;
  expect(level.segmentHeight % 2).toBe(0);
  expect(level.segmentHeight * level.rowBytes).toBeGreaterThan(512 * 1024);
  expect(level.segmentHeight * level.rowBytes).toBeLessThanOrEqual(1024 * 1024);
  expect(segments).toBe(Math.ceil(2047 / level.segmentHeight));
  const rows = Array.from({ length: segments }, (_, row) => stripRows(level, row));
  expect(rows.reduce((sum, count) => sum + count, 0)).toBe(2047);
});

test("rows of more than 1 MiB are taken two by two", () => {
  const { levels, segments } = layOut({ width: 600_000, height: 5, itemBytes: 4, ...strips });
  expect(levels[0]?.segmentHeight).toBe(2);
  expect(segments).toBe(3);
});

test("tiles cover the plane, and pyramid levels follow", () => {
  const { levels, segments } = layOut({ width: 5000, height: 1025, itemBytes: 2, tileSize: 512, reducedLevels: 4 });
  expect(levels.map(({ width, height }) => [width, height])).toEqual([
    [5000, 1025],
    [2500, 513],
    [1250, 257],
    [625, 129],
    [313, 65],
  ]);
  expect(levels.map(({ columns, rows }) => columns * rows)).toEqual([30, 10, 3, 2, 1]);
  expect(levels.map((level) => level.firstSegment)).toEqual([0, 30, 40, 43, 45]);
  expect(segments).toBe(46);
  expect(fullPyramid(5000, 1025, 512)).toBe(4);
  expect(fullPyramid(512, 512, 512)).toBe(0);
});
