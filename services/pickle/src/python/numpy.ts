import type { DataType } from "@sluice/core";
import { op } from "./opcodes.ts";
import type { Pickler } from "./pickler.ts";

/** NumPy's short names of the data types. */
const typeName: Readonly<Record<DataType, string>> = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
  complex64: "c8",
  complex128: "c16",
};

/** What NumPy must know of an array beside its values. */
export interface ArrayForm {
  readonly dataType: DataType;
  /** A length that is not known yet is wide, so that it can be replaced. */
  readonly shape: readonly (number | { readonly wide: number })[];
  /** True when the values stand in Fortran's order: the first index changes fastest. */
  readonly fortran?: boolean;
}

/**
 * Opens an array as `ndarray.__reduce__` writes it (`_reconstruct`, then the state): its bytes object follows, then
 * {@link endArray}. The function is named by the module in which both NumPy 1 and NumPy 2 find it without a warning; its
 * other form, `_frombuffer` of protocol 5, has no such name.
 */
export function beginArray(pickler: Pickler, { dataType, shape, fortran = false }: ArrayForm): void {
  pickler.global("numpy.core.multiarray", "_reconstruct");
  pickler.global("numpy", "ndarray");
  pickler.ints([0]);
  pickler.bytes(Uint8Array.of(0x62));
  pickler.tuple(3);
  pickler.code(op.reduce);
  pickler.memoize();
  pickler.code(op.mark);
  pickler.int(1);
  pickler.ints(shape);
  pickler.once(`dtype ${dataType}`, () => writeType(pickler, dataType));
  pickler.boolean(fortran);
}

/** Closes an array whose bytes object is closed. */
export function endArray(pickler: Pickler): void {
  pickler.tuple(5);
  pickler.code(op.build);
}

function writeType(pickler: Pickler, dataType: DataType): number {
  const name = typeName[dataType];
  pickler.global("numpy", "dtype");
  pickler.text(name);
  pickler.boolean(false);
  pickler.boolean(true);
  pickler.tuple(3);
  pickler.code(op.reduce);
  const place = pickler.memoize();
  pickler.code(op.mark);
  pickler.int(3);
  pickler.text(name.endsWith("1") ? "|" : "<");
  for (let count = 0; count < 3; count++) pickler.none();
  pickler.int(-1);
  pickler.int(-1);
  pickler.int(0);
  pickler.tuple(8);
  pickler.code(op.build);
  return place;
}
