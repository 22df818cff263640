import { asBytes, type DataType, SluiceError } from "@sluice/core";
import { Hdf5Target } from "./target.ts";
import { elementLayout, type Hdf5Type, isPlain, typeName } from "./type.ts";
import { encodeValues, type Hdf5Value, type ValueContext } from "./value.ts";

/**
 * Elements as callers have them: one value, values in C order, a typed array, or little-endian bytes; null for the
 * space that holds nothing.
 */
export type Hdf5Data = Hdf5Value | readonly Hdf5Value[] | ArrayBufferView;

/** Elements of a dataset or an attribute, encoded. */
export interface Elements {
  readonly type: Hdf5Type;
  /** Empty for a scalar, null for the null space. */
  readonly shape: readonly number[] | null;
  readonly bytes: Uint8Array;
}

/** Types of data that leave no doubt; numbers alone could be any type of number. */
export function impliedType(data: Hdf5Data): Hdf5Type | undefined {
  if (ArrayBuffer.isView(data)) return typeOfView(data);
  const sample: Hdf5Value | undefined = isList(data) ? data[0] : data;
  if (typeof sample === "string") return "text";
  if (typeof sample === "boolean") return "bool";
  return sample instanceof Hdf5Target ? "reference" : undefined;
}

/**
 * Encodes elements of known type and shape.
 *
 * @param shape by default as the data are: scalar for one value, one axis for a list
 * @throws SluiceError HDF5_VALUE_INVALID, HDF5_TEXT_INVALID, HDF5_SHAPE_MISMATCH
 */
export function encodeData(
  data: Hdf5Data,
  type: Hdf5Type,
  shape: readonly number[] | undefined,
  context: ValueContext,
): Elements {
  if (data === null && type !== "reference") return { type, shape: null, bytes: new Uint8Array(0) };
  const bytes = elementBytes(data, type, context);
  const { itemBytes } = elementLayout(type);
  const count = bytes.length / itemBytes;
  const scalar = !isList(data) && !ArrayBuffer.isView(data);
  const own = shape ?? (scalar ? [] : [count]);
  if (own.reduce((product, length) => product * length, 1) !== count) throw mismatch(own, count, context);
  return { type, shape: own, bytes };
}

/** Bytes of elements: those of an array as they are, values encoded. */
export function elementBytes(data: Hdf5Data, type: Hdf5Type, context: ValueContext): Uint8Array {
  if (!ArrayBuffer.isView(data)) return encodeValues(type, isList(data) ? data : [data], context);
  const { itemBytes } = elementLayout(type);
  const bytes = asBytes(data);
  const given = typeOfView(data);
  const fits = isPlain(elementLayout(type)) && (given === "uint8" || viewsOf(type).has(given));
  if (!fits || bytes.length % itemBytes !== 0 || (type === "bool" && !isTruth(bytes))) throw unfit(data, type, context);
  return bytes;
}

/** By the tag of the array: a Buffer is an array of bytes, too. */
const viewTypes: ReadonlyMap<string, DataType> = new Map([
  ["Int8Array", "int8"],
  ["Int16Array", "int16"],
  ["Int32Array", "int32"],
  ["BigInt64Array", "int64"],
  ["Uint8Array", "uint8"],
  ["Uint8ClampedArray", "uint8"],
  ["Uint16Array", "uint16"],
  ["Uint32Array", "uint32"],
  ["BigUint64Array", "uint64"],
  ["Float32Array", "float32"],
  ["Float64Array", "float64"],
]);

function typeOfView(view: ArrayBufferView): DataType | undefined {
  return viewTypes.get((view as Uint8Array)[Symbol.toStringTag]);
}

/** Elements of these arrays are elements of the type: JavaScript has no array of half floats or complex numbers. */
function viewsOf(type: Hdf5Type): ReadonlySet<Hdf5Type | undefined> {
  if (type === "float16") return new Set(["uint16"]);
  if (type === "complex64") return new Set(["float32"]);
  if (type === "complex128") return new Set(["float64"]);
  return new Set([type]);
}

/** Readers take a boolean of more than one for anything. */
function isTruth(bytes: Uint8Array): boolean {
  let seen = 0;
  let at = 0;
  while (at < bytes.length && (bytes.byteOffset + at) % 4 !== 0) seen |= bytes[at++] as number;
  if (bytes.length - at >= 4) {
    // Four at a time, of a signed type: unsigned words would be floats.
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (bytes.length - at) >> 2);
    for (let word = 0; word < words.length; word++) seen |= words[word] as number;
    at += words.byteLength;
  }
  while (at < bytes.length) seen |= bytes[at++] as number;
  return (seen & ~0x01010101) === 0;
}

function isList(data: Hdf5Data): data is readonly Hdf5Value[] {
  return Array.isArray(data);
}

function unfit(view: ArrayBufferView, type: Hdf5Type, { field }: ValueContext): SluiceError {
  return new SluiceError({
    reason: "HDF5_VALUE_INVALID",
    message: `The array does not hold elements of ${typeName(type)}.`,
    field,
    got: `${view.byteLength} bytes of ${typeOfView(view) ?? "another kind"}`,
    allowed: [type === "bool" ? "bytes of 0 and 1" : `whole elements of ${typeName(type)}, or their bytes`],
    remedy: "Give bytes or a typed array of this type; text and references are given as values.",
  });
}

function mismatch(shape: readonly number[], count: number, { field }: ValueContext): SluiceError {
  return new SluiceError({
    reason: "HDF5_SHAPE_MISMATCH",
    message: "The data do not fill the shape.",
    field,
    got: `${count} elements for [${shape.join(", ")}]`,
    remedy: "Give as many elements as the shape has.",
  });
}
