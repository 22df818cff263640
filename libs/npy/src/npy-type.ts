import type { DataType } from "@sluice/core";
import { unreadable } from "./fault.ts";
import type { PythonValue } from "./python-literal.ts";

/** Type of one element, as NumPy describes it. */
export type NpyType =
  | {
      readonly kind: "number";
      readonly dataType: DataType;
      readonly bytes: number;
      readonly bigEndian: boolean;
      /** Of dates and durations: "s", "ms", ...; empty for numbers. */
      readonly unit: string;
      /** As it stands in the file, for dates and durations. */
      readonly descr: string;
    }
  | { readonly kind: "text"; readonly bytes: number; readonly bigEndian: boolean; readonly codePointBytes: 1 | 4 }
  | { readonly kind: "rows"; readonly bytes: number; readonly fields: readonly NpyField[] }
  | { readonly kind: "object"; readonly bytes: number };

/** A number or text at one place of every row. */
export interface NpyField {
  readonly name: string;
  readonly offset: number;
  readonly type: Exclude<NpyType, { readonly kind: "rows" | "object" }>;
}

const numberTypes: Readonly<Record<string, DataType>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  c8: "complex64",
  c16: "complex128",
  M8: "int64",
  m8: "int64",
};

const mostFields = 1024;

/** The type that a header describes. @param key of the array, for problems */
export function npyType(descr: PythonValue, key: string): NpyType {
  if (typeof descr === "string") return simpleType(descr, key);
  const fields: NpyField[] = [];
  const bytes = addFields(descr, "", 0, fields, key);
  return { kind: "rows", bytes, fields };
}

function simpleType(descr: string, key: string): NpyType {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)(?:\[(.*)\])?$/.exec(descr);
  const [, order = "", kind = "", digits = "", unit = ""] = match ?? [];
  const bigEndian = order === ">";
  if (kind === "O") return { kind: "object", bytes: 8 };
  const length = Number(digits);
  if (kind === "U") return { kind: "text", bytes: 4 * length, bigEndian, codePointBytes: 4 };
  if (kind === "S" || kind === "a") return { kind: "text", bytes: length, bigEndian, codePointBytes: 1 };
  const name = `${kind}${digits}`;
  if (match && Object.hasOwn(numberTypes, name)) {
    const dataType = numberTypes[name] as DataType;
    return { kind: "number", dataType, bytes: length, bigEndian, unit, descr: /[mM]/.test(kind) ? descr : "" };
  }
  throw unsupported(key, descr);
}

/** Adds the numbers and texts of a row, those of nested rows and sub-arrays one by one; gives the bytes of the row. */
function addFields(descr: PythonValue, prefix: string, start: number, fields: NpyField[], key: string): number {
  if (!Array.isArray(descr)) throw unsupported(key, JSON.stringify(descr));
  let offset = start;
  for (const field of descr as readonly PythonValue[]) {
    if (!Array.isArray(field) || field.length < 2) throw unsupported(key, JSON.stringify(field));
    const [title, type, shape] = field as readonly PythonValue[];
    const name = Array.isArray(title) ? title[1] : title;
    if (typeof name !== "string") throw unsupported(key, JSON.stringify(field));
    offset += addField(`${prefix}${name}`, type as PythonValue, lengthsOf(shape, key), offset, fields, key);
  }
  return offset - start;
}

function addField(
  name: string,
  descr: PythonValue,
  lengths: readonly number[],
  offset: number,
  fields: NpyField[],
  key: string,
): number {
  const [length, ...inner] = lengths;
  if (length !== undefined) {
    let bytes = 0;
    for (let index = 0; index < length; index++) {
      bytes += addField(`${name}_${index}`, descr, inner, offset + bytes, fields, key);
    }
    return bytes;
  }
  if (typeof descr !== "string") return addFields(descr, `${name}.`, offset, fields, key);
  // Fields without a name are padding.
  if (/^\|V\d+$/.test(descr)) return Number(descr.slice(2));
  const type = simpleType(descr, key);
  if (type.kind === "object" || type.kind === "rows") throw unsupported(key, descr);
  if (fields.length === mostFields) throw unsupported(key, `more than ${mostFields} fields`);
  fields.push({ name, offset, type });
  return type.bytes;
}

function lengthsOf(shape: PythonValue | undefined, key: string): readonly number[] {
  if (shape === undefined) return [];
  const lengths = Array.isArray(shape) ? shape : [shape];
  const elements = lengths.every((length) => Number.isSafeInteger(length) && Number(length) >= 0)
    ? (lengths as number[]).reduce((product, length) => product * length, 1)
    : Number.NaN;
  if (elements <= mostFields) return lengths as number[];
  throw unsupported(key, JSON.stringify(shape));
}

function unsupported(key: string, descr: string): Error {
  return unreadable("NPY_TYPE_UNSUPPORTED", key, "The array is of a type that is not read here.", {
    got: descr,
    allowed: ["bool", "integers", "floats up to 8 bytes", "complex up to 16 bytes", "text", "dates", "rows of these"],
    remedy: "Convert the array with numpy's astype, or leave it out.",
  });
}
