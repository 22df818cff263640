import { expect, test } from "@jest/globals";
import { LossKind } from "@sluice/proto";
import { Cast, castFault } from "./cast.ts";
import { asBytes, asElements } from "./data-type.ts";

test("float64 to float32: rounded to the nearest, the error counted", () => {
  const cast = new Cast("float64", "float32");
  const bytes = cast.apply(asBytes(Float64Array.of(0.5, 0.1, Number.NaN, 1e300, Number.NEGATIVE_INFINITY)));
  expect([...asElements("float32", bytes)]).toEqual([
    0.5,
    Math.fround(0.1),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(cast.losses("arrays.image")).toEqual([
    {
      kind: LossKind.LOSS_KIND_CAST,
      field: "arrays.image",
      message: "float64 was converted to float32.",
      count: 2,
      maxError: Math.abs(Math.fround(0.1) - 0.1),
    },
    expect.objectContaining({ kind: LossKind.LOSS_KIND_CLIPPED, count: 1 }),
  ]);
});

test("64-bit integers: exact where they fit, the nearest end where they do not", () => {
  const values = BigInt64Array.of(-5n, 2n ** 40n, -(2n ** 63n), 2n ** 53n + 1n);
  const narrow = new Cast("int64", "int32");
  expect([...asElements("int32", narrow.apply(asBytes(values)))]).toEqual([-5, 2147483647, -2147483648, 2147483647]);
  expect(narrow.losses("a")).toMatchObject([{ count: 3, maxError: 2 ** 63 - 2 ** 31 }, { count: 3 }]);
  const wide = new Cast("int64", "float64");
  expect([...asElements("float64", wide.apply(asBytes(values)))]).toEqual([-5, 2 ** 40, -(2 ** 63), 2 ** 53]);
  expect(wide.losses("a")).toMatchObject([{ count: 1, maxError: 1 }]);
});

test("float16 becomes float32 exactly", () => {
  const cast = new Cast("float16", "float32");
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x7c00, 0x7e00, 0x3555);
  expect([...asElements("float32", cast.apply(asBytes(bits)))]).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    1023 * 2 ** -24,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    0.333251953125,
  ]);
  expect(cast.losses("a")).toMatchObject([{ count: 0, maxError: 0 }]);
});

test("masks become 0 and 1", () => {
  expect([...new Cast("bool", "uint16").apply(Uint8Array.of(0, 1))]).toEqual([0, 0, 1, 0]);
});

test("fractions and complex values are not converted to integers", () => {
  expect(castFault("float32", "int16")).toMatch("scale them first");
  expect(castFault("complex64", "float32")).toMatch("Complex");
  expect(castFault("uint64", "float32")).toBeUndefined();
});
