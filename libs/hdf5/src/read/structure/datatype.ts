import { type TypeMetadata, typeClass } from "../metadata.ts";
import { decodeStrictly } from "./name.ts";
import type { StructureReader } from "./structure-reader.ts";

/** A type as the file has it, and as h5wasm tells of it. */
export interface FileType {
  /** Bytes of an element in the file. */
  readonly bytes: number;
  readonly metadata: TypeMetadata;
  /** What must be followed in an element; undefined where its bytes are all there is to it. */
  readonly follow: Follow | undefined;
}

/** Parts of an element that lead elsewhere, or that hold such parts. */
export type Follow =
  | { readonly kind: "text" | "reference" }
  | { readonly kind: "sequence"; readonly element: FileType }
  | { readonly kind: "array"; readonly element: FileType; readonly count: number }
  | { readonly kind: "compound"; readonly members: readonly FileMember[] };

/** A member of a compound. */
export interface FileMember {
  readonly name: string;
  /** Where it is in an element in the file. */
  readonly offset: number;
  readonly type: FileType;
}

/** Where a type stands: in how many others, and of what version the one around it is, which none inside exceeds. */
interface Place {
  readonly version: number;
  readonly depth: number;
}

/** Types in types beyond this come from damaged files. */
const deepest = 32;
const outermost: Place = { version: 5, depth: 0 };
/** Pointers of h5wasm, to text, and with a count to a sequence. */
const pointerBytes = 4;
const countedPointerBytes = 8;

/**
 * Datatype messages (spec IV.A.2.d): integers and IEEE floats in all their bits, text, opaque bytes, compounds,
 * references to objects, enumerations, sequences and arrays; a StorageError for others. Versions from 3 on have the
 * same form for these.
 */
export function readDatatype(reader: StructureReader, inside: Place = outermost): FileType {
  const first = reader.uint8();
  const version = first >> 4;
  const bits = reader.count(3);
  const size = reader.uint32();
  reader.expect(version >= 1 && version <= inside.version && size > 0, `a type of version ${version}`);
  reader.expect(inside.depth < deepest, "types in types without end");
  const place = { version, depth: inside.depth + 1 };
  switch (first & 15) {
    case typeClass.integer:
      return readInteger(reader, bits, size);
    case typeClass.float:
      return readFloat(reader, bits, size);
    case typeClass.text:
      reader.expect((bits & 15) <= 2 && bits >> 4 <= 1, `text of bits ${bits}`);
      return plain(size, { type: typeClass.text, strpad: bits & 15 });
    case typeClass.opaque:
      reader.expect(bits <= 255 && bits % 8 === 0, `opaque bytes of bits ${bits}`);
      reader.bytes(bits);
      return plain(size, { type: typeClass.opaque });
    case typeClass.compound:
      return readCompound(reader, place, bits, size);
    case typeClass.reference:
      reader.expect(version < 4 && bits === 0 && size === 8, `references of bits ${bits}`);
      return { ...plain(size, { type: typeClass.reference, ref_type: "object" }), follow: { kind: "reference" } };
    case typeClass.enumeration:
      return readEnumeration(reader, place, bits, size);
    case typeClass.sequence:
      return readSequence(reader, place, bits, size);
    case typeClass.array:
      return readArray(reader, place, size);
    default:
      throw reader.error(`a type of class ${first & 15}`);
  }
}

function plain(bytes: number, parts: Partial<TypeMetadata> & Pick<TypeMetadata, "type">): FileType {
  const metadata = { size: bytes, signed: false, vlen: false, littleEndian: true, ...parts };
  return { bytes, metadata, follow: undefined };
}

/** Bit 0 is the byte order, bit 3 the sign; what pads the bits that an integer leaves is of no interest. */
function readInteger(reader: StructureReader, bits: number, size: number): FileType {
  const whole = reader.uint16() === 0 && reader.uint16() === 8 * size;
  reader.expect(whole && [1, 2, 4, 8].includes(size) && bits <= 15, `integers of ${size} bytes`);
  return plain(size, { type: typeClass.integer, signed: (bits & 8) !== 0, littleEndian: (bits & 1) === 0 });
}

/** Places of exponent and mantissa, and the bias, by bytes of an element. */
const ieee: Readonly<Record<number, readonly number[]>> = {
  2: [10, 5, 0, 10, 15],
  4: [23, 8, 0, 23, 127],
  8: [52, 11, 0, 52, 1023],
};

function readFloat(reader: StructureReader, bits: number, size: number): FileType {
  const whole = reader.uint16() === 0 && reader.uint16() === 8 * size;
  const parts = [...reader.bytes(4), reader.uint32()];
  const known = ieee[size]?.every((part, index) => part === parts[index]) ?? false;
  const implied = (bits & 0xfffe) === 0x20 + 256 * (8 * size - 1);
  reader.expect(whole && known && implied && bits <= 0xffff, `floats of ${size} bytes`);
  return plain(size, { type: typeClass.float, littleEndian: (bits & 1) === 0 });
}

function readCompound(reader: StructureReader, place: Place, count: number, size: number): FileType {
  const { version } = place;
  const offsetBytes = version < 3 ? 4 : lengthBytes(size);
  const members: FileMember[] = [];
  let end = 0;
  for (let member = 0; member < count; member++) {
    const name = readName(reader, version);
    const offset = reader.count(offsetBytes);
    // Arrays in members, from before there were types of arrays.
    if (version === 1) reader.zeros(28, "members that are arrays");
    const type = readDatatype(reader, place);
    reader.expect(offset >= end && offset + type.bytes <= size, `a member of a compound at ${offset}`);
    end = offset + type.bytes;
    members.push({ name, offset, type });
  }
  reader.expect(count > 0, "a compound without members");
  // What the library has for text and sequences in memory has another length, which moves what is behind it.
  let moved = 0;
  const told = members.map(({ name, offset, type: { bytes, metadata } }) => {
    const member = { ...metadata, name, offset: offset + moved, shape: [] };
    moved += metadata.size - bytes;
    return member;
  });
  const compound = { members: told, nmembers: count } as unknown as NonNullable<TypeMetadata["compound_type"]>;
  const littleEndian = told.every((member) => member.littleEndian);
  const type = plain(size, { type: typeClass.compound, size: size + moved, compound_type: compound, littleEndian });
  return members.some((member) => member.type.follow) ? { ...type, follow: { kind: "compound", members } } : type;
}

function readEnumeration(reader: StructureReader, place: Place, count: number, size: number): FileType {
  const base = readDatatype(reader, place);
  const { type, signed, littleEndian } = base.metadata;
  reader.expect(type === typeClass.integer && littleEndian && base.bytes === size, "an enumeration");
  const names = Array.from({ length: count }, () => readName(reader, place.version));
  const values = names.map(() => readValue(reader.bytes(size), signed));
  // h5wasm has them as integers of 32 bits.
  reader.expect(
    values.every((value) => value === (value | 0)),
    "values of an enumeration",
  );
  const members = Object.fromEntries(names.map((name, index) => [name, values[index] as number]));
  const named = { type: typeClass.integer, nmembers: count, members };
  return plain(size, { type: typeClass.enumeration, signed, enum_type: named });
}

function readValue(bytes: Buffer, signed: boolean): number {
  if (bytes.length < 8) return signed ? bytes.readIntLE(0, bytes.length) : bytes.readUIntLE(0, bytes.length);
  return Number(signed ? bytes.readBigInt64LE() : bytes.readBigUInt64LE());
}

function readSequence(reader: StructureReader, place: Place, bits: number, size: number): FileType {
  const element = readDatatype(reader, place);
  reader.expect(size === 16, `pointers of ${size} bytes`);
  if ((bits & 15) === 0) {
    const { littleEndian } = element.metadata;
    const sequence = { type: typeClass.sequence, size: countedPointerBytes, littleEndian, vlen_type: element.metadata };
    return {
      ...plain(size, sequence as Partial<TypeMetadata> & { type: number }),
      follow: { kind: "sequence", element },
    };
  }
  reader.expect((bits & 15) === 1 && element.bytes === 1, `sequences of bits ${bits}`);
  const text = { type: typeClass.text, size: pointerBytes, vlen: true, strpad: (bits >> 4) & 15 };
  return { ...plain(size, text), follow: { kind: "text" } };
}

function readArray(reader: StructureReader, place: Place, size: number): FileType {
  const { version } = place;
  reader.expect(version >= 2, "an array of version 1");
  const rank = reader.uint8();
  reader.expect(rank > 0 && rank <= 32, `an array of ${rank} axes`);
  if (version === 2) reader.bytes(3);
  const shape = Array.from({ length: rank }, () => reader.uint32());
  if (version === 2) reader.bytes(4 * rank);
  const element = readDatatype(reader, place);
  const count = shape.reduce((product, length) => product * length, 1);
  reader.expect(count > 0 && count * element.bytes === size, `an array of ${size} bytes`);
  const array = { ...element.metadata, shape } as unknown as NonNullable<TypeMetadata["array_type"]>;
  const { littleEndian } = element.metadata;
  const parts = { type: typeClass.array, size: count * element.metadata.size, array_type: array, littleEndian };
  const type = plain(size, parts);
  return element.follow ? { ...type, follow: { kind: "array", element, count } } : type;
}

/** Padded to a multiple of 8 before version 3. */
function readName(reader: StructureReader, version: number): string {
  const start = reader.at;
  const name = decodeStrictly(reader.terminated());
  if (version < 3) reader.bytes((8 - ((reader.at - start) % 8)) % 8);
  return name;
}

/** Bytes of offsets into an element. */
function lengthBytes(size: number): number {
  return size < 2 ** 8 ? 1 : size < 2 ** 16 ? 2 : size < 2 ** 24 ? 3 : 4;
}
