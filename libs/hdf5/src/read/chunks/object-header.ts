import { StorageError, type StoredFile } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** A message of an object header. */
export interface HeaderMessage {
  readonly type: number;
  readonly data: Buffer;
}

/** Messages and blocks beyond this come from damaged headers, in which blocks may lead round in circles. */
const maximumBlocks = 1024;
const maximumBlockBytes = 64 * 1024 * 1024;
const continuation = 0x10;
const sharedFlag = 2;

/** The messages of an object header of version 1 or 2 (spec IV.A.1), without those that are stored elsewhere. */
export async function readHeader(file: StoredFile, address: number): Promise<HeaderMessage[]> {
  const prefix = new StructureReader(await file.read(address, 16));
  const version = prefix.uint8();
  if (version === 1) {
    prefix.at = 8;
    return await readBlocks(file, { address: address + 16, length: prefix.uint32() }, readMessages1, 0);
  }
  prefix.at = 0;
  prefix.letters("OHDR");
  prefix.version("an object header", 2);
  const flags = prefix.uint8();
  const sizeBytes = 2 ** (flags & 3);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const size = new StructureReader(await file.read(address + sizeAt, sizeBytes));
  const first = { address: address + sizeAt + sizeBytes, length: size.count(sizeBytes) };
  const orderBytes = flags & 4 ? 2 : 0;
  return await readBlocks(file, first, (reader) => readMessages2(reader, orderBytes), 8);
}

interface Block {
  readonly address: number;
  readonly length: number;
}

type ReadMessages = (reader: StructureReader) => Generator<HeaderMessage>;

/** @param around bytes of a further block that are signature and checksum */
async function readBlocks(
  file: StoredFile,
  first: Block,
  read: ReadMessages,
  around: number,
): Promise<HeaderMessage[]> {
  const found: HeaderMessage[] = [];
  const blocks = [first];
  for (let block = blocks[0], count = 1; block; block = blocks[count++]) {
    if (count > maximumBlocks || block.length > maximumBlockBytes) throw new StorageError("an endless object header");
    for (const message of read(new StructureReader(await file.read(block.address, block.length)))) {
      if (message.type !== continuation) {
        found.push(message);
        continue;
      }
      const next = new StructureReader(message.data);
      const address = next.address() ?? 0;
      const length = next.count();
      if (length < around) throw new StorageError("a block of messages that is cut");
      blocks.push({ address: address + around / 2, length: length - around });
    }
  }
  return found;
}

function* readMessages1(reader: StructureReader): Generator<HeaderMessage> {
  while (reader.left >= 8) {
    const [type, length, flags] = [reader.uint16(), reader.uint16(), reader.uint8()];
    reader.bytes(3);
    const data = reader.bytes(length);
    if ((flags & sharedFlag) === 0) yield { type, data };
  }
}

/** A gap at the end is shorter than a message. */
function* readMessages2(reader: StructureReader, orderBytes: number): Generator<HeaderMessage> {
  while (reader.left >= 4 + orderBytes) {
    const [type, length, flags] = [reader.uint8(), reader.uint16(), reader.uint8()];
    reader.bytes(orderBytes);
    const data = reader.bytes(length);
    if ((flags & sharedFlag) === 0) yield { type, data };
  }
}
