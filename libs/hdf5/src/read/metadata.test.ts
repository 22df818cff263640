import { expect, test } from "@jest/globals";
import { storedType, type TypeMetadata, typeClass } from "./metadata.ts";

const float: TypeMetadata = { type: typeClass.float, size: 8, signed: true, vlen: false, littleEndian: true };

test("arrays and compounds that reach beyond their element are unsupported", () => {
  const array = (size: number, shape: number[]): TypeMetadata => ({
    ...float,
    type: typeClass.array,
    size,
    array_type: { ...float, shape } as NonNullable<TypeMetadata["array_type"]>,
  });
  expect(storedType(array(48, [2, 3]))).toEqual({ kind: "array", shape: [2, 3], element: "float64" });
  expect(storedType(array(40, [2, 3]))).toMatchObject({ kind: "unsupported" });
  expect(storedType(array(40, [2 ** 32, 2 ** 32]))).toMatchObject({ kind: "unsupported" });
  const compound = (size: number): TypeMetadata => ({
    ...float,
    type: typeClass.compound,
    size,
    compound_type: {
      members: [{ ...float, name: "x", offset: 4 }],
      nmembers: 1,
    } as unknown as NonNullable<TypeMetadata["compound_type"]>,
  });
  expect(storedType(compound(12))).toEqual({ kind: "compound", members: [["x", "float64"]] });
  expect(storedType(compound(8))).toMatchObject({ kind: "unsupported" });
});
