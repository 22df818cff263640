import { SluiceError } from "@sluice/core";

/** Types of a field: little-endian numbers, text bytes, points (two int32), and bytes that nobody knows. */
export type FieldType = "u8" | "i8" | "i16" | "i32" | "u32" | "f32" | "f64" | "bool" | "text" | "points" | "skip";

/**
 * One field of a binary layout. Fields follow each other without padding, so offsets need not be written down.
 * `length` is the number of bytes (text, skip) or points: a number, or the name of an earlier field that holds it.
 */
export type Field = readonly [name: string, type: FieldType, length?: number | string];

/** What a field held, and the byte at which it begins. */
export interface FieldValue {
  readonly offset: number;
  readonly value: number | boolean | Uint8Array | number[][];
}

const scalars = {
  u8: { size: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  i8: { size: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  bool: { size: 1, read: (view: DataView, at: number) => view.getUint8(at) !== 0 },
  i16: { size: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  i32: { size: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  u32: { size: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  f32: { size: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  f64: { size: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
} as const;

/** No name, comment or colour table is longer; a larger count comes from a damaged header. */
const maximumLength = 65_536;

/** The fields of one header, by name, with the byte at which the next thing begins. */
export class FieldValues {
  readonly end: number;
  readonly #values: ReadonlyMap<string, FieldValue>;

  constructor(values: ReadonlyMap<string, FieldValue>, end: number) {
    this.#values = values;
    this.end = end;
  }

  /** Byte offset of a field in the file. */
  offset(name: string): number {
    return this.#get(name).offset;
  }

  number(name: string): number {
    return this.#get(name).value as number;
  }

  bytes(name: string): Uint8Array {
    return this.#get(name).value as Uint8Array;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  entries(): Iterable<readonly [string, FieldValue]> {
    return this.#values.entries();
  }

  #get(name: string): FieldValue {
    const found = this.#values.get(name);
    if (!found) throw new Error(`the layout has no field "${name}"`);
    return found;
  }
}

/**
 * Reads the fields of a table one after the other.
 *
 * @param bytes the file from its first byte
 * @param start offset of the first field
 * @param earlier fields that lengths may refer to, and that the result includes
 * @throws SluiceError ASD_TRUNCATED when the bytes end inside a field, ASD_FIELD_INVALID for an absurd length
 */
export function readFields(
  table: readonly Field[],
  bytes: Uint8Array,
  start: number,
  earlier?: FieldValues,
): FieldValues {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<string, FieldValue>(earlier?.entries());
  let at = start;
  for (const [name, type, lengthOf] of table) {
    const length = lengthOf === undefined ? 1 : lengthIn(values, lengthOf);
    const size = length * sizeOf(type);
    if (at + size > bytes.length) throw truncated(name, at, size, bytes.length);
    if (type !== "skip") values.set(name, { offset: at, value: readValue(view, type, at, length) });
    at += size;
  }
  return new FieldValues(values, at);
}

/** An error that names a field, its byte and what it may hold. */
export function invalidField(name: string, offset: number, got: unknown, allowed: string): SluiceError {
  return new SluiceError({
    reason: "ASD_FIELD_INVALID",
    message: `The header field ${name} at byte ${offset} cannot be right.`,
    field: `${name} @ byte ${offset}`,
    got: String(got),
    allowed: [allowed],
    remedy: "The file is damaged or of an unknown kind; take another copy of it.",
  });
}

function sizeOf(type: FieldType): number {
  if (type === "text" || type === "skip") return 1;
  return type === "points" ? 8 : scalars[type].size;
}

function readValue(view: DataView, type: FieldType, at: number, length: number): FieldValue["value"] {
  if (type === "text" || type === "skip") return new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
  if (type === "points") {
    return Array.from({ length }, (_, index) => [
      view.getInt32(at + 8 * index, true),
      view.getInt32(at + 8 * index + 4, true),
    ]);
  }
  return scalars[type].read(view, at);
}

function lengthIn(values: ReadonlyMap<string, FieldValue>, lengthOf: number | string): number {
  if (typeof lengthOf === "number") return lengthOf;
  const source = values.get(lengthOf);
  const length = source?.value as number;
  if (length >= 0 && length <= maximumLength) return length;
  throw invalidField(lengthOf, source?.offset ?? 0, length, `0 to ${maximumLength}`);
}

function truncated(name: string, offset: number, expected: number, present: number): SluiceError {
  return new SluiceError({
    reason: "ASD_TRUNCATED",
    message: `The file ends inside the header field ${name} at byte ${offset}.`,
    field: `${name} @ byte ${offset}`,
    got: `${Math.max(0, present - offset)} bytes`,
    allowed: [`${expected} bytes`],
    remedy: "The file was cut before its first frame; take another copy of it.",
  });
}
