import { type ByteReader, expect } from "./byte-reader.ts";

/** What the elements of a type hold: offsets of texts and references in an element of so many bytes. */
export interface DatatypeFacts {
  readonly bytes: number;
  readonly texts: readonly number[];
  readonly references: readonly number[];
}

/** Reads a datatype message; what readers would take for something else without a word is an error. */
export function readDatatype(reader: ByteReader): DatatypeFacts {
  const [first, flags, second] = [reader.uint8(), reader.uint8(), reader.uint8()];
  expect(reader.uint8() === 0, "a datatype with bits beyond the third byte");
  expect(first >> 4 === 1, `datatype version ${first >> 4}`);
  const bytes = reader.uint32();
  const plain = { bytes, texts: [], references: [] };
  switch (first & 0x0f) {
    case 0:
      expect(reader.uint16() === 0 && reader.uint16() === 8 * bytes, "an integer that does not fill its bytes");
      return plain;
    case 1:
      expect((flags & 0x20) !== 0 && second === 8 * bytes - 1, "a float without implied bit or sign");
      expect(reader.uint16() === 0 && reader.uint16() === 8 * bytes, "a float that does not fill its bytes");
      reader.bytes(8);
      return plain;
    case 3:
      expect(bytes > 0 && flags === 0x11, "fixed text that is not UTF-8 padded with NUL");
      return plain;
    case 6:
      return readCompound(reader, bytes, flags + 256 * second);
    case 7:
      expect(bytes === 8, `a reference of ${bytes} bytes`);
      return { bytes, texts: [], references: [0] };
    case 8:
      return readEnumeration(reader, bytes, flags + 256 * second);
    case 9:
      expect(flags === 1 && second === 1 && bytes === 16, "variable length that is not UTF-8 text");
      readDatatype(reader);
      return { bytes, texts: [0], references: [] };
    default:
      throw new Error(`HDF5 structure: datatype class ${first & 0x0f}.`);
  }
}

function readCompound(reader: ByteReader, bytes: number, count: number): DatatypeFacts {
  let end = 0;
  const texts: number[] = [];
  const references: number[] = [];
  for (let member = 0; member < count; member++) {
    const start = reader.at;
    reader.terminated();
    reader.zeros((8 - ((reader.at - start) % 8)) % 8);
    expect(reader.uint32() === end, `member ${member} of a compound is not behind the one before`);
    reader.zeros(28);
    const facts = readDatatype(reader);
    for (const offset of facts.texts) texts.push(end + offset);
    for (const offset of facts.references) references.push(end + offset);
    end += facts.bytes;
  }
  expect(end === bytes && count > 0, `a compound of ${bytes} bytes with members of ${end}`);
  return { bytes, texts, references };
}

function readEnumeration(reader: ByteReader, bytes: number, count: number): DatatypeFacts {
  const base = readDatatype(reader);
  expect(base.bytes === bytes, "an enumeration of another size than its base");
  const names = Array.from({ length: count }, () => Buffer.from(reader.bytes(8)).toString("latin1"));
  expect(names.join() === "FALSE\0\0\0,TRUE\0\0\0\0", `the enumeration ${JSON.stringify(names)}`);
  expect(reader.uint8() === 0 && reader.uint8() === 1, "booleans other than 0 and 1");
  return { bytes, texts: [], references: [] };
}
