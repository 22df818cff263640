import { type DataType, elementCount, isDataType } from "@sluice/core";
import type { FixedText } from "../write/type.ts";

/**
 * Type of the elements of a dataset or an attribute, as a file has it. Those that the writer has are named as there;
 * beside them:
 *
 * - "enumeration": named integers, read as the integers (h5py's booleans are "bool")
 * - "array": elements of a fixed shape, "sequence": of any length
 * - "unsupported": what cannot be read, named for people
 */
export type StoredType =
  | DataType
  | "text"
  | "reference"
  | FixedText
  | StoredCompound
  | Enumeration
  | ArrayType
  | Sequence
  | Unsupported;

/** Elements with named members. */
export interface StoredCompound {
  readonly kind: "compound";
  readonly members: readonly (readonly [name: string, type: StoredType])[];
}

/** Integers that have names. */
export interface Enumeration {
  readonly kind: "enumeration";
  readonly base: DataType;
  readonly values: Readonly<Record<string, number>>;
}

/** Elements that are arrays themselves. */
export interface ArrayType {
  readonly kind: "array";
  readonly shape: readonly number[];
  readonly element: StoredType;
}

/** Elements that are lists of any length. */
export interface Sequence {
  readonly kind: "sequence";
  readonly element: StoredType;
}

/** Elements that cannot be read. */
export interface Unsupported {
  readonly kind: "unsupported";
  readonly name: string;
}

/** The type as people write it: "uint16", "text of 8 bytes", "compound of x float32, y float32". */
export function storedTypeName(type: StoredType): string {
  if (typeof type === "string") return type;
  switch (type.kind) {
    case "fixedText":
      return `text of ${type.bytes} bytes`;
    case "compound":
      return `compound of ${type.members.map(([name, member]) => `${name} ${storedTypeName(member)}`).join(", ")}`;
    case "enumeration":
      return `${type.base} named ${Object.keys(type.values).join(", ")}`;
    case "array":
      return `${storedTypeName(type.element)} [${type.shape.join(", ")}]`;
    case "sequence":
      return `sequences of ${storedTypeName(type.element)}`;
    case "unsupported":
      return type.name;
  }
}

/** Numbers, texts and so on in one element; those in sequences are not counted. */
export function valuesPerElement(type: StoredType): number {
  if (typeof type === "string") return 1;
  if (type.kind === "compound") return type.members.reduce((sum, [, member]) => sum + valuesPerElement(member), 0);
  if (type.kind === "array") return elementCount(type.shape) * valuesPerElement(type.element);
  return 1;
}

/** The data type whose bytes `read` gives: numbers, booleans, and the integers of an enumeration. */
export function numberType(type: StoredType): DataType | undefined {
  if (typeof type === "string") return isDataType(type) ? type : undefined;
  return type.kind === "enumeration" ? type.base : undefined;
}
