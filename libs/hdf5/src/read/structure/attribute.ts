import { elementCount } from "@sluice/core";
import { type Dataspace, readDataspace } from "./dataspace.ts";
import { type FileType, readDatatype } from "./datatype.ts";
import { decodeStrictly } from "./name.ts";
import { type HeaderMessage, messageType } from "./object-header.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** An attribute as its message has it. */
export interface FileAttribute {
  readonly name: string;
  readonly type: FileType;
  readonly space: Dataspace;
  /** Its elements as they are in the file. */
  readonly data: Buffer;
}

/** The attributes of an object by name; a StorageError where they are in a heap. */
export function readFileAttributes(messages: readonly HeaderMessage[]): Map<string, FileAttribute> {
  requireNoHeap(messages, messageType.attributeInfo, 2);
  const found = new Map<string, FileAttribute>();
  for (const { type, shared, data } of messages) {
    if (type !== messageType.attribute) continue;
    if (shared) throw new StorageError("an attribute that is stored elsewhere");
    const attribute = readAttribute(new StructureReader(data));
    if (found.has(attribute.name)) throw new StorageError("two attributes of one name");
    found.set(attribute.name, attribute);
  }
  return found;
}

/**
 * Passes a message on attributes or links (spec IV.A.2.c, v), and is a StorageError where they are kept in a heap.
 *
 * @param orderBytes bytes of the greatest number in the order of creation
 */
export function requireNoHeap(messages: readonly HeaderMessage[], type: number, orderBytes: number): boolean {
  for (const message of messages) {
    if (message.type !== type) continue;
    const reader = new StructureReader(message.data);
    reader.version("a message on links or attributes", 0);
    if (reader.uint8() & 1) reader.bytes(orderBytes);
    reader.expect(!message.shared && reader.address() === undefined, "links or attributes in a heap");
  }
  return messages.some((message) => message.type === type);
}

/** Attribute messages of versions 1 to 3 (spec IV.A.2.m); parts of version 1 are padded. */
function readAttribute(reader: StructureReader): FileAttribute {
  const version = reader.version("an attribute", 1, 2, 3);
  // In later versions: bits for a type or a space that is stored elsewhere.
  reader.zeros(1, "an attribute with parts elsewhere");
  const [nameBytes, typeBytes, spaceBytes] = [reader.uint16(), reader.uint16(), reader.uint16()];
  if (version === 3) reader.expect(reader.uint8() <= 1, "letters of a name");
  const part = (bytes: number): StructureReader => {
    const data = reader.bytes(bytes);
    if (version === 1) reader.bytes((8 - (bytes % 8)) % 8);
    return new StructureReader(data);
  };
  const nameReader = part(nameBytes);
  const name = decodeStrictly(nameReader.terminated());
  nameReader.expect(nameReader.left === 0, "a name of another length");
  const type = readDatatype(part(typeBytes));
  const space = readDataspace(part(spaceBytes));
  const bytes = space.shape === null ? 0 : elementCount(space.shape) * type.bytes;
  return { name, type, space, data: reader.bytes(bytes) };
}
