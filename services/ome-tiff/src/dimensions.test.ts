import { expect, test } from "@jest/globals";
import { ArraySpec } from "@sluice/proto";
import { dimensionsOf, placeOf, planeCount, planesPerRow, sizeOf, withLength } from "./dimensions.ts";

function arrayOf(axes: Readonly<Record<string, number | undefined>>): ArraySpec {
  return ArraySpec.fromPartial({ name: "image", axes: Object.entries(axes).map(([name, size]) => ({ name, size })) });
}

test.each([
  [{ y: 4, x: 5 }, "XYZCT"],
  [{ t: 3, y: 4, x: 5 }, "XYZCT"],
  [{ t: 3, c: 2, z: 7, y: 4, x: 5 }, "XYZCT"],
  [{ t: 3, z: 7, c: 2, y: 4, x: 5 }, "XYCZT"],
  [{ c: 2, t: 3, y: 4, x: 5 }, "XYZTC"],
  [{ c: 2, t: 3, z: 7, y: 4, x: 5 }, "XYZTC"],
  [{ z: 7, t: 3, c: 2, y: 4, x: 5 }, "XYCTZ"],
  [{ c: 2, z: 7, t: 3, y: 4, x: 5 }, "XYTZC"],
  [{ z: 7, c: 2, t: 3, y: 4, x: 5 }, "XYTCZ"],
])("axes %j are in the order %s", (axes, order) => {
  expect(dimensionsOf(arrayOf(axes))).toMatchObject({ width: 5, height: 4, order });
});

test.each([
  [{ t: 3, x: 5, y: 4 }, "last two axes"],
  [{ unit: 3, y: 4, x: 5 }, "named t, c or z"],
  [{ t: 3, y: undefined, x: 5 }, "must be known"],
  [{ t: 3, y: 0, x: 5 }, "must not be 0"],
])("axes %j are refused", (axes, reason) => {
  expect(dimensionsOf(arrayOf(axes))).toEqual({ fault: expect.stringContaining(reason) });
});

test("planes are counted as the array's indices run", () => {
  const open = dimensionsOf(arrayOf({ t: undefined, z: 3, c: 2, y: 4, x: 5 }));
  if ("fault" in open) throw new Error(open.fault);
  expect(planesPerRow(open)).toBe(6);
  expect(planeCount(open)).toBeNaN();
  expect(placeOf(open, 7 * 6 + 2 * 2 + 1)).toEqual({ t: 7, z: 2, c: 1 });
  const closed = withLength(open, 9);
  expect(planeCount(closed)).toBe(54);
  expect(sizeOf(closed, "t")).toBe(9);
  expect(sizeOf(closed, "c")).toBe(2);
});

test("an image without outer axes is one plane", () => {
  const flat = dimensionsOf(arrayOf({ y: 4, x: 5 }));
  if ("fault" in flat) throw new Error(flat.fault);
  expect(planeCount(flat)).toBe(1);
  expect(planesPerRow(flat)).toBe(1);
  expect(placeOf(flat, 0)).toEqual({ t: 0, c: 0, z: 0 });
  expect(sizeOf(flat, "t")).toBe(1);
});
