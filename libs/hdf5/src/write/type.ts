import { type DataType, itemSize, SluiceError } from "@sluice/core";
import { checkName } from "./text.ts";

/**
 * Type of the elements of a dataset or an attribute.
 *
 * - a data type of Sluice: integers, floats of 16, 32 and 64 bits, "bool" as h5py's enumeration, complex numbers as
 *   h5py's compound of r and i
 * - "text": text of any length, UTF-8
 * - "reference": an object of the same file, or none
 * - {@link fixedText}: text of at most so many bytes of UTF-8
 * - {@link compound}: named members
 */
export type Hdf5Type = DataType | "text" | "reference" | FixedText | Compound;

/** Text of at most `bytes` bytes of UTF-8, padded with NUL. */
export interface FixedText {
  readonly kind: "fixedText";
  readonly bytes: number;
}

/** Members one after another, without gaps. */
export interface Compound {
  readonly kind: "compound";
  readonly members: readonly Member[];
}

/** Name and type of a member of a compound. */
export type Member = readonly [name: string, type: Hdf5Type];

/** The type of text of at most `bytes` bytes of UTF-8. */
export function fixedText(bytes: number): FixedText {
  return { kind: "fixedText", bytes };
}

/** The type of elements with named members, in this order. */
export function compound(...members: readonly Member[]): Compound {
  return { kind: "compound", members };
}

/** Length of an element and where in it stands what gets its address only when the file is laid out. */
export interface ElementLayout {
  readonly itemBytes: number;
  /** Offsets of texts: 16 bytes that point into the global heap. */
  readonly texts: readonly number[];
  /** Offsets of object references: 8 bytes, the address of an object header. */
  readonly references: readonly number[];
}

/** Bytes of a text: its length, the address of a heap collection, the index in it (spec IV.B, "Variable-length"). */
export const textBytes = 16;
/** Bytes of an object reference. */
const referenceBytes = 8;

/** Members of a compound, h5py's complex numbers among them; undefined for other types. */
export function membersOf(type: Hdf5Type): readonly Member[] | undefined {
  if (typeof type !== "string") return type.kind === "compound" ? type.members : undefined;
  return complexMembers.get(type);
}

const complexMembers: ReadonlyMap<Hdf5Type, readonly Member[]> = new Map([
  ["complex64", [["r", "float32"] as const, ["i", "float32"] as const]],
  ["complex128", [["r", "float64"] as const, ["i", "float64"] as const]],
]);

const textLayout: ElementLayout = { itemBytes: textBytes, texts: [0], references: [] };
const referenceLayout: ElementLayout = { itemBytes: referenceBytes, texts: [], references: [0] };
/** By the bytes of a number. */
const numberLayouts = Array.from({ length: 17 }, (_, itemBytes): ElementLayout => {
  return { itemBytes, texts: [], references: [] };
});

/** Where things stand in an element of the type. */
export function elementLayout(type: Hdf5Type): ElementLayout {
  if (type === "text") return textLayout;
  if (type === "reference") return referenceLayout;
  if (typeof type === "string") return numberLayouts[itemSize[type]] as ElementLayout;
  if (type.kind === "fixedText") return { itemBytes: type.bytes, texts: [], references: [] };
  let itemBytes = 0;
  const texts: number[] = [];
  const references: number[] = [];
  for (const [, member] of type.members) {
    const layout = elementLayout(member);
    for (const offset of layout.texts) texts.push(itemBytes + offset);
    for (const offset of layout.references) references.push(itemBytes + offset);
    itemBytes += layout.itemBytes;
  }
  return { itemBytes, texts, references };
}

/** HDF5_TYPE_INVALID for a type that cannot be: text of no bytes, a compound of no members or of two with one name. */
export function checkType(type: Hdf5Type, field: string): void {
  if (typeof type === "string") return;
  if (type.kind === "fixedText") {
    if (Number.isInteger(type.bytes) && type.bytes > 0 && type.bytes < 2 ** 31) return;
    throw invalidType(field, `fixed text of ${type.bytes} bytes`, "a positive number of bytes below 2^31");
  }
  const names = type.members.map(([name]) => name);
  for (const [name, member] of type.members) {
    checkName(name, field);
    checkType(member, field);
  }
  if (names.length > 0 && new Set(names).size === names.length) return;
  throw invalidType(field, `a compound of ${JSON.stringify(names)}`, "members with names that differ");
}

function invalidType(field: string, got: string, allowed: string): SluiceError {
  const message = "The type cannot be kept in an HDF5 file.";
  return new SluiceError({ reason: "HDF5_TYPE_INVALID", message, field, got, allowed: [allowed] });
}

/** True when elements are complete as bytes: neither text of any length nor references in them. */
export function isPlain({ texts, references }: ElementLayout): boolean {
  return texts.length === 0 && references.length === 0;
}

/** The type as people write it: "uint16", "text of 8 bytes", "compound of x, y". */
export function typeName(type: Hdf5Type): string {
  if (typeof type === "string") return type;
  if (type.kind === "fixedText") return `text of ${type.bytes} bytes`;
  return `compound of ${type.members.map(([name]) => name).join(", ")}`;
}
