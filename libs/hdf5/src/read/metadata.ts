import { countElements, type DataType, isDataType } from "@sluice/core";
import type { Metadata } from "h5wasm/node";
import type { StoredType } from "./type.ts";

/** What h5wasm says of a type; of an array and of members less than of a dataset. */
export type TypeMetadata = Pick<Metadata, "type" | "size" | "signed" | "vlen" | "littleEndian"> &
  Partial<Pick<Metadata, "shape" | "strpad" | "ref_type" | "enum_type" | "compound_type" | "array_type" | "vlen_type">>;

/** HDF5's classes of types, H5T_class_t. */
export const typeClass = {
  integer: 0,
  float: 1,
  time: 2,
  text: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  sequence: 9,
  array: 10,
};

/** The type that metadata describe. */
export function storedType(metadata: TypeMetadata): StoredType {
  const { type, size, vlen } = metadata;
  if (type === typeClass.integer) return integerType(metadata) ?? unsupported(`integers of ${size} bytes`);
  if (type === typeClass.float) return named(`float${size * 8}`) ?? unsupported(`floats of ${size} bytes`);
  if (type === typeClass.text) return vlen ? "text" : { kind: "fixedText", bytes: size };
  if (type === typeClass.reference && metadata.ref_type === "object" && size === 8) return "reference";
  if (type === typeClass.reference) return unsupported("references to regions");
  if (type === typeClass.enumeration && metadata.enum_type) return enumeration(metadata, metadata.enum_type.members);
  if (type === typeClass.compound && metadata.compound_type) return compoundType(metadata);
  if (type === typeClass.array && metadata.array_type) {
    const { array_type } = metadata;
    const shape = array_type.shape ?? [];
    const count = countElements(shape);
    if (count === undefined || count * array_type.size > size) return unsupported("arrays longer than their elements");
    return { kind: "array", shape, element: storedType(array_type) };
  }
  if (type === typeClass.sequence && metadata.vlen_type) {
    return { kind: "sequence", element: storedType(metadata.vlen_type) };
  }
  const names = { [typeClass.time]: "times", [typeClass.bitfield]: "bit fields", [typeClass.opaque]: "opaque bytes" };
  return unsupported(names[type] ? `${names[type]} of ${size} bytes` : `elements of HDF5's class ${type}`);
}

function integerType({ size, signed }: TypeMetadata): DataType | undefined {
  return named(`${signed ? "" : "u"}int${size * 8}`);
}

function enumeration(metadata: TypeMetadata, values: Readonly<Record<string, number>>): StoredType {
  const names = Object.keys(values);
  if (metadata.size === 1 && names.length === 2 && values["FALSE"] === 0 && values["TRUE"] === 1) return "bool";
  const base = integerType(metadata);
  return base ? { kind: "enumeration", base, values } : unsupported(`enumerations of ${metadata.size} bytes`);
}

/** h5py keeps complex numbers as a compound of r and i. */
function compoundType({ size, compound_type }: TypeMetadata): StoredType {
  const stored = compound_type?.members ?? [];
  if (stored.some((member) => member.offset + member.size > size)) return unsupported("compounds with members outside");
  const members = stored.map((member) => [member.name, storedType(member)] as const);
  const [real, imaginary] = members;
  const float = real?.[1];
  const complex = members.length === 2 && real?.[0] === "r" && imaginary?.[0] === "i" && imaginary[1] === float;
  if (complex && float === "float32" && size === 8) return "complex64";
  if (complex && float === "float64" && size === 16) return "complex128";
  return { kind: "compound", members };
}

function unsupported(name: string): StoredType {
  return { kind: "unsupported", name };
}

function named(name: string): DataType | undefined {
  return isDataType(name) ? name : undefined;
}
