import type { FileHandle } from "node:fs/promises";
import { damaged, unreadable } from "@sluice/npy";
import { readFully } from "@sluice/source";
import type { ZipEntry } from "../zip/records.ts";

/** A member of a zip file. */
export interface ZipMember extends ZipEntry {
  /** Where its local header lies. */
  readonly position: number;
}

const endBytes = 22;
const longestComment = 65_535;
const locatorBytes = 20;
const limit32 = 0xffff_ffff;
const limit16 = 0xffff;
const largestDirectory = 256 * 1024 * 1024;
const encrypted = 1;

/**
 * Reads the directory of a zip file, zip64 included (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16).
 *
 * @throws SluiceError FILE_DAMAGED, ZIP_METHOD_UNSUPPORTED
 */
export async function readDirectory(file: FileHandle): Promise<ZipMember[]> {
  const { size } = await file.stat();
  const end = await findEnd(file, size);
  const { entries, bytes, position } = await directoryPlace(file, end);
  if (position + bytes > size || bytes > largestDirectory || bytes < entries * 46) {
    throw damaged("file", `a directory of ${entries} members in ${bytes} bytes at ${position}`);
  }
  const directory = await read(file, position, bytes);
  const members: ZipMember[] = [];
  for (let at = 0; members.length < entries; ) {
    const { member, length } = parseEntry(directory, at);
    members.push(member);
    at += length;
  }
  return members;
}

/** Where the data of a member begin. */
export async function dataPosition(file: FileHandle, { position, name }: ZipMember): Promise<number> {
  const header = await read(file, position, 30);
  if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(name, `no local header at ${position}`);
  return position + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function findEnd(file: FileHandle, size: number): Promise<{ record: Buffer; position: number }> {
  const length = Math.min(size, endBytes + longestComment);
  const tail = await read(file, size - length, length);
  for (let at = length - endBytes; at >= 0; at--) {
    if (tail.readUInt32LE(at) === 0x06054b50 && at + endBytes + tail.readUInt16LE(at + 20) <= length) {
      return { record: tail.subarray(at, at + endBytes), position: size - length + at };
    }
  }
  throw damaged("file", "no end of a zip directory");
}

async function directoryPlace(
  file: FileHandle,
  { record, position }: { record: Buffer; position: number },
): Promise<{ entries: number; bytes: number; position: number }> {
  const plain = { entries: record.readUInt16LE(10), bytes: record.readUInt32LE(12), position: record.readUInt32LE(16) };
  const large = plain.entries === limit16 || plain.bytes === limit32 || plain.position === limit32;
  if (!large || position < locatorBytes) return plain;
  const locator = await read(file, position - locatorBytes, locatorBytes);
  if (locator.readUInt32LE(0) !== 0x07064b50) return plain;
  const end = await read(file, count(locator.readBigUInt64LE(8)), 56);
  if (end.readUInt32LE(0) !== 0x06064b50) throw damaged("file", "no end of a zip64 directory");
  return {
    entries: count(end.readBigUInt64LE(32)),
    bytes: count(end.readBigUInt64LE(40)),
    position: count(end.readBigUInt64LE(48)),
  };
}

function parseEntry(directory: Buffer, at: number): { member: ZipMember; length: number } {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
    throw damaged("file", `no entry of the directory at its byte ${at}`);
  }
  const nameBytes = directory.readUInt16LE(at + 28);
  const extraBytes = directory.readUInt16LE(at + 30);
  const length = 46 + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
  if (at + length > directory.length) throw damaged("file", `a directory that ends in its entry at byte ${at}`);
  const name = directory.toString("utf8", at + 46, at + 46 + nameBytes);
  const method = directory.readUInt16LE(at + 10);
  if ((directory.readUInt16LE(at + 8) & encrypted) !== 0 || (method !== 0 && method !== 8)) {
    throw unreadable("ZIP_METHOD_UNSUPPORTED", name, "The member is packed in a way that is not read here.", {
      got: (directory.readUInt16LE(at + 8) & encrypted) !== 0 ? "encrypted" : `method ${method}`,
      allowed: ["0 (stored)", "8 (deflated)"],
      remedy: "Save the arrays with numpy.savez or numpy.savez_compressed.",
    });
  }
  const extra = directory.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
  const [rawBytes, storedBytes, position] = withZip64(extra, [
    directory.readUInt32LE(at + 24),
    directory.readUInt32LE(at + 20),
    directory.readUInt32LE(at + 42),
  ]);
  const crc = directory.readUInt32LE(at + 16);
  return { member: { name, method, crc, rawBytes, storedBytes, position }, length };
}

/** Numbers that do not fit 32 bits stand in the extra field of zip64, in their order. */
function withZip64(extra: Buffer, sizes: [number, number, number]): [number, number, number] {
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 0x0001) {
      let from = at + 4;
      return sizes.map((size) => {
        if (size !== limit32 || from + 8 > Math.min(at + 4 + length, extra.length)) return size;
        from += 8;
        return count(extra.readBigUInt64LE(from - 8));
      }) as [number, number, number];
    }
    at += 4 + length;
  }
  return sizes;
}

function count(value: bigint): number {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw damaged("file", `a size of ${value} bytes`);
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const found = await readFully(file, bytes, position);
  if (found < length) throw damaged("file", `${found} of ${length} bytes at ${position}`);
  return bytes;
}
