import type { StructureSource } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** A message of an object header. */
export interface HeaderMessage {
  readonly type: number;
  /** True when the message only says where its data are. */
  readonly shared: boolean;
  readonly data: Buffer;
}

/** Types of messages that are read (spec IV.A.2). */
export const messageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  earlyFill: 0x04,
  fill: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  time: 0x12,
  attributeInfo: 0x15,
};

/** Messages that several objects may share. */
const shareable = new Set([
  messageType.dataspace,
  messageType.datatype,
  messageType.earlyFill,
  messageType.fill,
  messageType.filters,
  messageType.attribute,
]);

/** Messages and blocks beyond this come from damaged headers, in which blocks may lead round in circles. */
const maximumBlocks = 1024;
const maximumBlockBytes = 64 * 1024 * 1024;
const lastKnownType = 0x17;
/** A comment, and a time in letters: only early programs wrote them. */
const earlyTypes = new Set([0x0d, 0x0e]);
const sharedFlag = 2;
const notSharedFlag = 4;
/** Constant, shared, or not to be shared: what other flags say is for those who write. */
const knownFlags = 7;

/** The messages of an object header of version 1 or 2 (spec IV.A.1), checksums and counts held to. */
export async function readHeader(file: StructureSource, address: number): Promise<HeaderMessage[]> {
  const prefix = new StructureReader(await file.read(address, 16));
  if (prefix.uint8() === 1) return await readHeader1(file, address, prefix);
  prefix.at = 0;
  prefix.letters("OHDR");
  prefix.version("an object header", 2);
  const flags = prefix.uint8();
  prefix.expect((flags & 0xc0) === 0, `an object header of flags ${flags}`);
  const sizeBytes = 2 ** (flags & 3);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const size = new StructureReader(await file.read(address + sizeAt, sizeBytes));
  const head = sizeAt + sizeBytes;
  const orderBytes = flags & 4 ? 2 : 0;
  const read = (block: StructureReader) => readMessages2(block, orderBytes);
  return await readBlocks(file, { address, length: head + size.count(sizeBytes) + 4, head }, read);
}

/** The data of the one message of a type; undefined when there is none. */
export function onlyMessage(messages: readonly HeaderMessage[], type: number): StructureReader | undefined {
  const [found, ...more] = messages.filter((message) => message.type === type);
  if (!found) return undefined;
  if (more.length > 0 || found.shared) throw new StorageError(`a message ${type} twice, or stored elsewhere`);
  return new StructureReader(found.data);
}

interface Block {
  readonly address: number;
  readonly length: number;
  /** Bytes before the messages. */
  readonly head: number;
}

type ReadMessages = (reader: StructureReader) => Generator<HeaderMessage>;

async function readHeader1(file: StructureSource, address: number, prefix: StructureReader): Promise<HeaderMessage[]> {
  prefix.zeros(1, "an object header");
  const count = prefix.uint16();
  prefix.at = 8;
  const length = prefix.uint32();
  const first = { address: address + 16, length, head: 0 };
  const messages = await readBlocks(file, first, readMessages1);
  prefix.expect(messages.length === count, `an object header of ${messages.length} messages, not ${count}`);
  return messages;
}

/** All blocks, continuations as their messages are met. */
async function readBlocks(file: StructureSource, first: Block, read: ReadMessages): Promise<HeaderMessage[]> {
  const found: HeaderMessage[] = [];
  const blocks = [first];
  const seen = new Set<number>();
  for (const { address, length, head } of blocks) {
    const endless = seen.has(address) || blocks.length > maximumBlocks || length > maximumBlockBytes;
    if (endless) throw new StorageError("an endless object header");
    seen.add(address);
    // A copy, or messages that are kept would keep whole pages.
    const reader = new StructureReader(Buffer.from(await file.read(address, length)));
    if (address !== first.address && first.head > 0) reader.letters("OCHK");
    reader.at = head;
    for (const message of read(reader)) {
      found.push(message);
      if (message.type !== messageType.continuation) continue;
      const next = new StructureReader(message.data);
      blocks.push({ address: next.count(), length: next.count(), head: first.head > 0 ? 4 : 0 });
    }
  }
  return found;
}

function* readMessages1(reader: StructureReader): Generator<HeaderMessage> {
  while (reader.left > 0) {
    const [type, length, flags] = [reader.uint16(), reader.uint16(), reader.uint8()];
    reader.bytes(3);
    reader.expect(length % 8 === 0, `a message of ${length} bytes`);
    yield readMessage(reader, type, flags, length);
  }
}

/** A gap at the end, before the checksum, is shorter than a message. */
function* readMessages2(reader: StructureReader, orderBytes: number): Generator<HeaderMessage> {
  while (reader.left >= 4 + orderBytes + 4) {
    const [type, length, flags] = [reader.uint8(), reader.uint16(), reader.uint8()];
    reader.bytes(orderBytes);
    yield readMessage(reader, type, flags, length);
  }
  reader.bytes(reader.left - 4);
  reader.checksum();
}

function readMessage(reader: StructureReader, type: number, flags: number, length: number): HeaderMessage {
  const shared = (flags & sharedFlag) !== 0;
  const allowed = !shared || ((flags & notSharedFlag) === 0 && shareable.has(type));
  const known = type <= lastKnownType && !earlyTypes.has(type) && (flags & ~knownFlags) === 0;
  reader.expect(known && allowed, `a message ${type} of flags ${flags}`);
  const data = reader.bytes(length);
  // The library reads the time of an object to tell its kind.
  reader.expect(type !== messageType.time || (length >= 8 && data[0] === 1), "a time of another version");
  return { type, shared, data };
}
