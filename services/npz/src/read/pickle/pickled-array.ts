import { asElements, countElements, shapesEqual } from "@sluice/core";
import { littleEndian, type NpyType, npyType } from "@sluice/npy";
import { transposed } from "../c-order.ts";
import { numbersOf } from "../scalars.ts";
import { textOf } from "../table-frames.ts";
import { isInert, PickleError } from "./inert.ts";

/** An array of numbers in a pickle: values in C order, little endian. */
export interface PickledArray {
  readonly shape: readonly number[];
  readonly type: Extract<NpyType, { readonly kind: "number" }>;
  readonly data: Uint8Array;
}

/** Of NumPy 2. */
const mostAxes = 64;

/** A single value: ints are bigint, floats are numbers. */
export type Scalar = number | bigint | string | boolean | null;

/** @throws PickleError what is there instead of the items of an array of objects with one axis */
export function pickledObjects(value: unknown): readonly unknown[] {
  const [, shape, , , items] = stateOf(value);
  const lengths = lengthsOf(shape);
  if (Array.isArray(items) && lengths && shapesEqual(lengths, [items.length])) return items as readonly unknown[];
  throw new PickleError("no array of objects with one axis");
}

/** The array of numbers; undefined for what is none of NumPy's arrays. @throws PickleError for one of anything else */
export function pickledArray(value: unknown, key: string): PickledArray | undefined {
  if (!isInert(value) || !value.name.endsWith("_reconstruct")) return undefined;
  const [, shape, dtype, fortran, data] = stateOf(value);
  const type = typeOf(dtype, key);
  if (type.kind !== "number" || type.descr !== "") throw new PickleError(`an array of ${type.kind} under ${key}`);
  const lengths = lengthsOf(shape);
  if (!lengths || !Buffer.isBuffer(data) || countElements(lengths) !== data.length / type.bytes) {
    throw new PickleError(`an array under ${key} whose shape and values do not fit`);
  }
  const ordered = fortran === true && lengths.length > 1 ? transposed(data, lengths, type.bytes) : data;
  return { shape: lengths, type, data: littleEndian(ordered, type) };
}

/** The value of one of Python's or NumPy's scalars; undefined for what is none. @throws PickleError */
export function pickledScalar(value: unknown, key: string): Scalar | undefined {
  if (value === null || ["number", "bigint", "string", "boolean"].includes(typeof value)) return value as Scalar;
  if (!isInert(value) || !value.name.endsWith("scalar")) return undefined;
  const [dtype, data] = value.parameters ?? [];
  const type = typeOf(dtype, key);
  if (!Buffer.isBuffer(data) || data.length !== type.bytes)
    throw new PickleError(`a scalar of other bytes under ${key}`);
  if (type.kind === "text") return textOf(data, type, key);
  if (type.kind !== "number" || type.descr !== "") throw new PickleError(`a scalar of ${type.kind} under ${key}`);
  const [number] = type.dataType.startsWith("complex") ? [] : numbersOf(littleEndian(data, type), type.dataType);
  if (number === undefined) throw new PickleError(`a complex number under ${key}`);
  if (type.dataType === "bool") return number !== 0;
  return type.dataType.startsWith("float") ? number : BigInt(number);
}

/** Numbers of an array, exact up to 2^53; undefined for complex ones. */
export function float64sOf({ type, data }: PickledArray): Float64Array | undefined {
  if (type.dataType.startsWith("complex")) return undefined;
  if (type.dataType === "float16") return Float64Array.from(numbersOf(data, type.dataType), Number);
  return Float64Array.from(asElements(type.dataType, data) as ArrayLike<number | bigint>, Number);
}

/** State of an array: (version, shape, type, Fortran order, values). */
function stateOf(value: unknown): readonly unknown[] {
  if (isInert(value) && value.name.endsWith("_reconstruct") && Array.isArray(value.state)) return value.state;
  throw new PickleError("something else than an array");
}

/** Of a dtype: its short name is what it was called with, its byte order the second item of its state. */
function typeOf(value: unknown, key: string): NpyType {
  const isType = isInert(value) && value.name === "numpy dtype" && Array.isArray(value.state);
  const [name] = isType ? (value.parameters ?? []) : [];
  const order: unknown = isType ? (value.state as readonly unknown[])[1] : undefined;
  if (typeof name !== "string" || typeof order !== "string") throw new PickleError(`a type that is none under ${key}`);
  return npyType(`${order}${name}`, key);
}

function lengthsOf(shape: unknown): readonly number[] | undefined {
  if (!Array.isArray(shape) || shape.length > mostAxes) return undefined;
  const isLength = (length: unknown) => typeof length === "bigint" && length >= 0n && length <= Number.MAX_SAFE_INTEGER;
  return shape.every(isLength) ? shape.map(Number) : undefined;
}
