import { float16ToFloat32 } from "@sluice/core";
import { storedType, type TypeMetadata, typeClass } from "./metadata.ts";
import type { RawElements } from "./pointers.ts";

/**
 * One element as JavaScript sees it: integers of 64 bits are bigint, other numbers and named integers number, complex
 * numbers `{ r, i }`, compounds objects, arrays and sequences lists.
 */
export type StoredElement = number | bigint | boolean | string | ObjectReference | StoredRow | readonly StoredElement[];

/** The members of a compound by name. */
export interface StoredRow {
  readonly [name: string]: StoredElement;
}

/** A reference to an object of the file. */
export class ObjectReference {
  /** Path of the object; undefined for a reference to none. */
  readonly target: string | undefined;

  constructor(target: string | undefined) {
    this.target = target;
  }
}

/** Where the next text, reference and sequence stand. */
interface Cursor {
  texts: number;
  references: number;
  sequences: number;
}

type Decode = (view: DataView, at: number, raw: RawElements, cursor: Cursor) => StoredElement;

/** Elements in C order. */
export function decodeElements(metadata: TypeMetadata, raw: RawElements): StoredElement[] {
  return decodeAll(decoder(metadata, storedOrder(metadata) === "mixed"), metadata.size, raw);
}

function decodeAll(decode: Decode, itemBytes: number, raw: RawElements): StoredElement[] {
  const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);
  const cursor = { texts: 0, references: 0, sequences: 0 };
  const count = itemBytes === 0 ? 0 : Math.floor(raw.bytes.length / itemBytes);
  return Array.from({ length: count }, (_, index) => decode(view, index * itemBytes, raw, cursor));
}

/**
 * Byte order of all numbers in an element. h5wasm has HDF5 turn a type to little endian when all of it is big endian;
 * members of mixed order come as they are in the file.
 */
export function storedOrder(metadata: TypeMetadata): "little" | "big" | "mixed" | undefined {
  const { type, vlen, littleEndian, array_type, compound_type, vlen_type } = metadata;
  if (type === typeClass.text) return vlen ? "little" : undefined;
  if (type === typeClass.reference || type === typeClass.opaque) return undefined;
  const inner = array_type ?? vlen_type;
  if (inner) return storedOrder(inner);
  if (!compound_type) return littleEndian ? "little" : "big";
  const orders = new Set(compound_type.members.map(storedOrder));
  orders.delete(undefined);
  return orders.size > 1 ? "mixed" : [...orders][0];
}

function decoder(metadata: TypeMetadata, mixed: boolean): Decode {
  const type = storedType(metadata);
  const little = !mixed || metadata.littleEndian;
  if (type === "text") return (_view, _at, raw, cursor) => raw.texts[cursor.texts++] as string;
  if (type === "reference") {
    return (_view, _at, raw, cursor) => new ObjectReference(raw.references[cursor.references++] ?? undefined);
  }
  if (typeof type === "string") return numberDecoder(type, complexOrder(metadata, mixed) ?? little);
  switch (type.kind) {
    case "fixedText":
      return (view, at) => fixedTextValue(view, at, type.bytes, metadata.strpad ?? 0);
    case "enumeration":
      return numberDecoder(type.base, little);
    case "compound":
      return rowDecoder(metadata, mixed);
    case "array":
      return arrayDecoder(metadata.array_type as TypeMetadata, type.shape, mixed);
    case "sequence": {
      const element = metadata.vlen_type as TypeMetadata;
      const decode = decoder(element, mixed);
      return (_view, _at, raw, cursor) =>
        decodeAll(decode, element.size, raw.sequences[cursor.sequences++] as RawElements);
    }
    case "unsupported":
      throw new TypeError(`${type.name} cannot be read`);
  }
}

/** The order of a complex number is that of its members. */
function complexOrder({ compound_type }: TypeMetadata, mixed: boolean): boolean | undefined {
  const real = compound_type?.members[0];
  return real && (!mixed || real.littleEndian);
}

function numberDecoder(type: string, little: boolean): Decode {
  switch (type) {
    case "bool":
      return (view, at) => view.getUint8(at) !== 0;
    case "int8":
      return (view, at) => view.getInt8(at);
    case "uint8":
      return (view, at) => view.getUint8(at);
    case "int16":
      return (view, at) => view.getInt16(at, little);
    case "uint16":
      return (view, at) => view.getUint16(at, little);
    case "int32":
      return (view, at) => view.getInt32(at, little);
    case "uint32":
      return (view, at) => view.getUint32(at, little);
    case "int64":
      return (view, at) => view.getBigInt64(at, little);
    case "uint64":
      return (view, at) => view.getBigUint64(at, little);
    case "float16":
      return (view, at) => float16ToFloat32(Uint16Array.of(view.getUint16(at, little)))[0] as number;
    case "float32":
      return (view, at) => view.getFloat32(at, little);
    case "complex64":
      return (view, at) => ({ r: view.getFloat32(at, little), i: view.getFloat32(at + 4, little) });
    case "complex128":
      return (view, at) => ({ r: view.getFloat64(at, little), i: view.getFloat64(at + 8, little) });
    default:
      return (view, at) => view.getFloat64(at, little);
  }
}

function rowDecoder({ compound_type }: TypeMetadata, mixed: boolean): Decode {
  const members = (compound_type?.members ?? []).map(
    (member) => [member.name, member.offset, decoder(member, mixed)] as const,
  );
  // fromEntries, since a member may be called __proto__.
  return (view, at, raw, cursor) =>
    Object.fromEntries(members.map(([name, offset, decode]) => [name, decode(view, at + offset, raw, cursor)]));
}

function arrayDecoder(element: TypeMetadata, shape: readonly number[], mixed: boolean): Decode {
  const decode = decoder(element, mixed);
  const count = shape.reduce((product, length) => product * length, 1);
  return (view, at, raw, cursor) =>
    Array.from({ length: count }, (_, index) => decode(view, at + index * element.size, raw, cursor));
}

/** Paddings of HDF5: 0 ends at the first NUL, 1 is filled up with NUL, 2 with spaces, for which some write NUL too. */
function fixedTextValue(view: DataView, at: number, length: number, padding: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const terminator = padding === 0 ? bytes.indexOf(0) : -1;
  let end = terminator < 0 ? length : terminator;
  const fillers = [[], [0], [0, 0x20]][padding] ?? [];
  while (end > 0 && fillers.includes(bytes[end - 1] as number)) end--;
  return decodeText(bytes.subarray(0, end));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8; bytes that are none come from programs that wrote Latin-1, whatever the file declares. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}
