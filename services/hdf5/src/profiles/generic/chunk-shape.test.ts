import { expect, test } from "@jest/globals";
import { elementCount, itemSize } from "@sluice/core";
import { ArraySpec, Axis } from "@sluice/proto";
import fc from "fast-check";
import { chunkShapeOf, isPiece } from "./chunk-shape.ts";

function array(dataType: string, ...sizes: (number | undefined)[]): ArraySpec {
  return ArraySpec.fromPartial({ dataType, axes: sizes.map((size) => Axis.fromPartial({ size })) });
}

test.each([
  ["small frames are gathered to 1 MiB", array("uint16", 1000, 64, 64), [125, 64, 64]],
  ["a large frame is cut into much the same parts", array("uint16", 1000, 2048, 2048), [1, 256, 2048]],
  ["chunks of one length rather than full ones and a rest", array("uint8", 10, 1025, 1024), [1, 513, 1024]],
  ["a long row is cut, too", array("float64", 4, 1, 1_000_000), [1, 1, 125_000]],
  ["a long series", array("float64", 10_000_000), [129_871]],
  ["of unknown length: 64 KiB, so that a short one is not mostly empty", array("float64", undefined), [8192]],
  ["of unknown length, with frames larger than that", array("uint16", undefined, 512, 512), [1, 512, 512]],
  ["axis 0 of length 0", array("uint8", 0, 4096, 4096), [1, 256, 4096]],
  ["complex numbers", array("complex128", 3, 1000, 1000), [1, 63, 1000]],
])("%s", (_, spec, expected) => {
  expect(chunkShapeOf(spec)).toEqual(expected);
});

test("any array: at most 1 MiB, no longer than the array, one length >= 1 for each axis", () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 31 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(sizes, fc.constantFrom("uint8", "float32", "complex128"), fc.boolean(), (lengths, dataType, open) => {
      const spec = array(dataType, ...lengths.map((size, axis) => (open && axis === 0 ? undefined : size)));
      const chunk = chunkShapeOf(spec);
      expect(chunk).toHaveLength(lengths.length);
      expect(chunk.every((length, axis) => length >= 1 && length <= (spec.axes[axis]?.size ?? 65_536))).toBe(true);
      expect(elementCount(chunk) * itemSize[dataType as "uint8"]).toBeLessThanOrEqual(2 ** 20);
    }),
  );
});

test("a chosen shape is cut to the array, and is for arrays of as many axes", () => {
  expect(chunkShapeOf(array("uint16", 3, 100, 100), [10, 64, 64])).toEqual([3, 64, 64]);
  expect(chunkShapeOf(array("uint16", undefined, 100), [10, 64])).toEqual([10, 64]);
  expect(chunkShapeOf(array("uint16", 3, 100), [10, 64, 64])).toEqual([3, 100]);
});

test("small arrays of known length are one piece", () => {
  expect(
    [array("uint8", 16_384), array("uint8", 0, 4096), array("uint8", 16_385), array("uint8", undefined)].map(isPiece),
  ).toEqual([true, true, false, false]);
});
