import { type DataType, itemSize } from "@sluice/core";
import { align8, ByteWriter } from "./byte-writer.ts";
import { elementLayout, type Hdf5Type, type Member, membersOf } from "./type.ts";

/**
 * Datatype message (spec IV.A.2.d): class and version, class bit field, size, properties.
 *
 * Numbers are little endian. A float without its implied bit or an integer without a precision would be read as other
 * values without a complaint.
 */
export function datatypeMessage(type: Hdf5Type): Uint8Array {
  if (typeof type !== "string" && type.kind === "fixedText") return fixedTextType(type.bytes);
  const members = membersOf(type);
  if (members) return compoundType(members);
  const known = simple.get(type as string);
  if (known) return known;
  const made = simpleType(type as string);
  simple.set(type as string, made);
  return made;
}

/** Messages of the types that have no parameters: a file has thousands of them. */
const simple = new Map<string, Uint8Array>();

function simpleType(type: string): Uint8Array {
  if (type === "text") {
    // Class 9, type "string", UTF-8; its base type is a byte.
    return new ByteWriter().uint8(0x19, 0x01, 0x01, 0).uint32(16).bytes(integerType(1, false)).finish();
  }
  if (type === "reference") return new ByteWriter().uint8(0x17, 0, 0, 0).uint32(8).finish();
  if (type === "bool") return booleanType();
  if (type.startsWith("float")) return floatType(type as FloatType);
  return integerType(itemSize[type as DataType], !type.startsWith("u"));
}

/** Class 0: bit 3 says signed; offset and precision in bits. */
function integerType(bytes: number, signed: boolean): Uint8Array {
  return new ByteWriter()
    .uint8(0x10, signed ? 0x08 : 0, 0, 0)
    .uint32(bytes)
    .uint16(0, 8 * bytes)
    .finish();
}

/** Place and length of exponent and mantissa in bits, and the bias of the exponent (IEEE 754). */
const floats = {
  float16: { bytes: 2, exponent: [10, 5], mantissa: [0, 10], bias: 15 },
  float32: { bytes: 4, exponent: [23, 8], mantissa: [0, 23], bias: 127 },
  float64: { bytes: 8, exponent: [52, 11], mantissa: [0, 52], bias: 1023 },
} as const;

type FloatType = keyof typeof floats;

/** Class 1: 0x20 says that the highest bit of the mantissa is implied; the next byte is the place of the sign. */
function floatType(type: FloatType): Uint8Array {
  const { bytes, exponent, mantissa, bias } = floats[type];
  return new ByteWriter()
    .uint8(0x11, 0x20, 8 * bytes - 1, 0)
    .uint32(bytes)
    .uint16(0, 8 * bytes)
    .uint8(...exponent, ...mantissa)
    .uint32(bias)
    .finish();
}

/** h5py's booleans, class 8: FALSE = 0, TRUE = 1 of int8. Each name ends in NUL and fills eight bytes. */
function booleanType(): Uint8Array {
  return new ByteWriter()
    .uint8(0x18, 2, 0, 0)
    .uint32(1)
    .bytes(integerType(1, true))
    .ascii("FALSE\0\0\0TRUE\0\0\0\0")
    .uint8(0, 1)
    .finish();
}

/** Class 3: padded with NUL, UTF-8. */
function fixedTextType(bytes: number): Uint8Array {
  return new ByteWriter().uint8(0x13, 0x11, 0, 0).uint32(bytes).finish();
}

/** Class 6, version 1: each member with its name, its offset, and a description of an array that it is not. */
function compoundType(members: readonly Member[]): Uint8Array {
  const arrayDescription = 28;
  const bytes = members.reduce((sum, [, type]) => sum + elementLayout(type).itemBytes, 0);
  const writer = new ByteWriter(256).uint8(0x16).uint16(members.length).uint8(0).uint32(bytes);
  let offset = 0;
  for (const [name, type] of members) {
    const ended = Buffer.from(`${name}\0`);
    writer.bytes(ended).zeros(align8(ended.length) - ended.length);
    writer.uint32(offset).zeros(arrayDescription).bytes(datatypeMessage(type));
    offset += elementLayout(type).itemBytes;
  }
  return writer.finish();
}
