import { type DataType, isDataType } from "@sluice/core";
import type { Metadata } from "h5wasm/node";

/** HDF5's classes of types, H5T_class_t. */
const integerClass = 0;
const floatClass = 1;
const textClass = 3;
const compoundClass = 6;
const referenceClass = 7;
const enumClass = 8;

/** The data type of a dataset's elements as they are read; undefined for text, compounds, references and float16. */
export function elementType({ type, size, signed, enum_type }: Metadata): DataType | undefined {
  if (type === integerClass) return named(`${signed ? "" : "u"}int${size * 8}`);
  if (type === floatClass && size > 2) return named(`float${size * 8}`);
  if (type === enumClass && size === 1 && isBoolean(enum_type?.members)) return "bool";
  return undefined;
}

/** True for what h5wasm has no plain values for: compounds, references, floats of 16 bits, and arrays of them. */
export function isOpaque({ type, size, array_type }: Metadata): boolean {
  if (type === compoundClass || type === referenceClass || (type === floatClass && size === 2)) return true;
  return array_type !== undefined && isOpaque(array_type);
}

/** True for text, fixed or of any length. */
export function isText({ type }: Metadata): boolean {
  return type === textClass;
}

/** h5py stores booleans as an enumeration of one byte. */
function isBoolean(members: Readonly<Record<string, number>> | undefined): boolean {
  return members?.["FALSE"] === 0 && members["TRUE"] === 1 && Object.keys(members).length === 2;
}

function named(name: string): DataType | undefined {
  return isDataType(name) ? name : undefined;
}
