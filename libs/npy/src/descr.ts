import type { DataType } from "@sluice/core";

/** NumPy's names of the data types: byte order, kind, bytes. */
export const descrOf: Readonly<Record<DataType, string>> = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

/** NumPy's name of texts of up to so many code points, UCS-4 little endian; a text without any still takes one. */
export function textDescr(codePoints: number): string {
  return `<U${Math.max(1, codePoints)}`;
}
