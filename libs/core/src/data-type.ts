import { SluiceError } from "./problem.ts";

/** Zarr v3 data type names; the wire is always little endian. */
export const dataTypes = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "complex64",
  "complex128",
] as const;

export type DataType = (typeof dataTypes)[number];

/** Types of real numbers: all but booleans and complex numbers. */
export const realTypes: readonly DataType[] = dataTypes.filter(
  (type) => type !== "bool" && type !== "complex64" && type !== "complex128",
);

/** Bytes of one element. */
export const itemSize: Readonly<Record<DataType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
};

/** Elements as JavaScript sees them. bool: one byte each; float16: raw bits; complex: real and imaginary in turn. */
export interface TypedArrays {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  complex64: Float32Array;
  complex128: Float64Array;
}

const constructors = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) {
  throw new Error("Sluice runs on little-endian machines only.");
}

/** True when the name is one of {@link dataTypes}. */
export function isDataType(name: string): name is DataType {
  return Object.hasOwn(itemSize, name);
}

/** The name as a data type, or DATA_TYPE_UNKNOWN. */
export function parseDataType(name: string, field: string): DataType {
  if (isDataType(name)) return name;
  throw new SluiceError({
    reason: "DATA_TYPE_UNKNOWN",
    message: "The data type is not one that Sluice knows.",
    field,
    got: JSON.stringify(name),
    allowed: dataTypes,
    remedy: "Use the Zarr v3 name of the type.",
  });
}

/**
 * Little-endian bytes as elements: a view where the bytes are aligned, a copy where they are not.
 * `bytes.length` must be a multiple of the element size.
 */
export function asElements<T extends DataType>(dataType: T, bytes: Uint8Array): TypedArrays[T] {
  const View = constructors[dataType];
  const size = View.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new View(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size) as TypedArrays[T];
}

/** The bytes of elements, without a copy. */
export function asBytes(elements: ArrayBufferView): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
