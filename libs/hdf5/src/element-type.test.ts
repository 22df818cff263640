import { expect, test } from "@jest/globals";
import type { Metadata } from "h5wasm/node";
import { elementType } from "./element-type.ts";

function metadata(parts: Partial<Metadata>): Metadata {
  return { type: 0, size: 4, signed: true, vlen: false, littleEndian: true, total_size: 1, ...parts } as Metadata;
}

test.each([
  [{ size: 1, signed: false }, "uint8"],
  [{ size: 8 }, "int64"],
  [{ type: 1, size: 4 }, "float32"],
  [{ type: 1, size: 8 }, "float64"],
  [{ type: 1, size: 2 }, undefined],
  [{ type: 1, size: 10 }, undefined],
  [{ size: 3 }, undefined],
  [{ type: 3 }, undefined],
  [{ type: 8, size: 1, enum_type: { type: 0, nmembers: 2, members: { FALSE: 0, TRUE: 1 } } }, "bool"],
  [{ type: 8, size: 1, enum_type: { type: 0, nmembers: 1, members: { RED: 0 } } }, undefined],
])("%j is %s", (parts, expected) => {
  expect(elementType(metadata(parts as Partial<Metadata>))).toBe(expected);
});
