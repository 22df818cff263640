import { SluiceError } from "@sluice/core";
import { setUint64 } from "./byte-writer.ts";
import { float16Bits } from "./float16.ts";
import type { GlobalHeap } from "./global-heap.ts";
import { Hdf5Target } from "./target.ts";
import { encodeText } from "./text.ts";
import { elementLayout, type Hdf5Type, membersOf, typeName } from "./type.ts";

/** One element: a number, text, a truth value, an object or null for a reference to none, or the members by name. */
export type Hdf5Value = number | bigint | boolean | string | Hdf5Target | null | Hdf5Members;

/** Members of a compound by name: all of them, and no others. */
export interface Hdf5Members {
  readonly [name: string]: Hdf5Value;
}

/** Where elements are encoded for. */
export interface ValueContext {
  /** The file: it keeps texts, and references lead to its own objects. */
  readonly file: { readonly heap: GlobalHeap; requireOpen(path: string): void };
  /** Where the values belong, for errors. */
  readonly field: string;
}

/**
 * Encodes elements in C order. Texts and references keep numbers where their addresses go (addresses.ts).
 *
 * @throws SluiceError HDF5_VALUE_INVALID for a value that the type cannot hold exactly
 */
export function encodeValues(type: Hdf5Type, values: readonly Hdf5Value[], context: ValueContext): Uint8Array {
  const { itemBytes } = elementLayout(type);
  const bytes = new Uint8Array(values.length * itemBytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const value of values) {
    encodeValue(type, value, view, at, context);
    at += itemBytes;
  }
  return bytes;
}

function encodeValue(type: Hdf5Type, value: Hdf5Value, view: DataView, at: number, context: ValueContext): void {
  const members = membersOf(type);
  if (members) return encodeMembers(type, members, value, view, at, context);
  if (type === "reference") return encodeReference(value, view, at, context);
  if (type === "text") return encodeHeapText(value, view, at, context);
  if (typeof type !== "string") return encodeFixedText(type, value, view, at, context);
  if (type === "bool") {
    if (typeof value !== "boolean") throw invalid(type, value, context);
    view.setUint8(at, value ? 1 : 0);
  } else if (type.startsWith("float")) {
    if (typeof value !== "number") throw invalid(type, value, context);
    setFloat(type, view, at, value);
  } else {
    setInteger(type, value, view, at, context);
  }
}

function setFloat(type: string, view: DataView, at: number, value: number): void {
  if (type === "float64") view.setFloat64(at, value, true);
  else if (type === "float32") view.setFloat32(at, value, true);
  else view.setUint16(at, float16Bits(value), true);
}

function setInteger(type: Hdf5Type, value: Hdf5Value, view: DataView, at: number, context: ValueContext): void {
  const signed = !typeName(type).startsWith("u");
  const { itemBytes } = elementLayout(type);
  const bits = 8 * itemBytes;
  if (typeof value === "bigint") {
    const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
    if (wrapped !== value) throw invalid(type, value, context);
    if (bits === 64) return view.setBigUint64(at, BigInt.asUintN(64, value), true);
  } else {
    const [least, end] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits];
    const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= least && value < end;
    if (!fits) throw invalid(type, value, context);
  }
  const integer = Number(value);
  if (bits === 64) {
    view.setUint32(at, integer, true);
    view.setInt32(at + 4, Math.floor(integer / 2 ** 32), true);
  } else if (bits === 32) view.setUint32(at, integer, true);
  else if (bits === 16) view.setUint16(at, integer, true);
  else view.setUint8(at, integer);
}

/** Length, number of the heap collection, index in it. */
function encodeHeapText(value: Hdf5Value, view: DataView, at: number, context: ValueContext): void {
  if (typeof value !== "string") throw invalid("text", value, context);
  const bytes = encodeText(value, context.field);
  const { collection, index } = context.file.heap.put(bytes);
  view.setUint32(at, bytes.length, true);
  setUint64(view, at + 4, collection);
  view.setUint32(at + 12, index, true);
}

function encodeFixedText(type: Hdf5Type, value: Hdf5Value, view: DataView, at: number, context: ValueContext): void {
  if (typeof value !== "string") throw invalid(type, value, context);
  const bytes = encodeText(value, context.field);
  if (bytes.length > elementLayout(type).itemBytes) throw invalid(type, value, context);
  new Uint8Array(view.buffer, view.byteOffset + at).set(bytes);
}

/** The number of the object plus one: zero is the reference to none. */
function encodeReference(value: Hdf5Value, view: DataView, at: number, context: ValueContext): void {
  if (value === null) return;
  if (!(value instanceof Hdf5Target) || value.file !== context.file) throw invalid("reference", value, context);
  setUint64(view, at, value.objectNumber + 1);
}

function encodeMembers(
  type: Hdf5Type,
  members: readonly (readonly [string, Hdf5Type])[],
  value: Hdf5Value,
  view: DataView,
  at: number,
  context: ValueContext,
): void {
  if (typeof value !== "object" || value === null || value instanceof Hdf5Target) throw invalid(type, value, context);
  const complete = members.every(([name]) => Object.hasOwn(value, name));
  if (!complete || Object.keys(value).length !== members.length) throw invalid(type, value, context);
  let offset = at;
  for (const [name, member] of members) {
    encodeValue(member, value[name] as Hdf5Value, view, offset, context);
    offset += elementLayout(member).itemBytes;
  }
}

function invalid(type: Hdf5Type, value: Hdf5Value, { field }: ValueContext): SluiceError {
  return new SluiceError({
    reason: "HDF5_VALUE_INVALID",
    message: `The value is none that ${typeName(type)} can hold.`,
    field,
    got: described(value),
    allowed: [allowedValues(type)],
    remedy: "Convert the value, or choose another type.",
  });
}

function described(value: Hdf5Value): string {
  if (value instanceof Hdf5Target) return `a reference to ${value.path}`;
  if (typeof value === "object" && value !== null) return `members ${Object.keys(value).join(", ")}`;
  return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value)?.slice(0, 80) ?? "undefined");
}

function allowedValues(type: Hdf5Type): string {
  const members = membersOf(type);
  if (members) return `members ${members.map(([name]) => name).join(", ")}`;
  if (typeof type !== "string") return `text of at most ${elementLayout(type).itemBytes} bytes of UTF-8`;
  if (type === "reference") return "a group or dataset of the same file, or null";
  if (type === "text" || type === "bool") return type === "text" ? "text" : "true or false";
  return type.startsWith("float") ? "a number" : `integers of ${type}; bigint beyond 2^53`;
}
