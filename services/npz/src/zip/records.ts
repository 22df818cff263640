/**
 * Records of a zip file (PKWARE APPNOTE 6.3.10). Names are UTF-8. All dates are 1980-01-01, as numpy writes them: the
 * same arrays make the same file.
 */

/** What a directory says of a member. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: 0 | 8;
  readonly crc: number;
  /** Bytes in the file. */
  readonly storedBytes: number;
  readonly rawBytes: number;
}

const utf8Names = 0x0800;
const firstOfJanuary1980 = 0x0021;
const version = { plain: 20, zip64: 45 };
/** Made on Unix: Info-ZIP takes names of other systems for those of old code pages, whatever the flag says. */
const unix = 3 << 8;
/** A file that its owner may write and all may read (st_mode), in the upper half. */
const plainFile = 0o100644 * 0x10000;
const limit32 = 0xffff_ffff;
const limit16 = 0xffff;
const localHeaderBytes = 30;
const zip64ExtraBytes = 20;
/** A field of an id, a length and an alignment, then zeros: what Android's zipalign pads with. */
const paddingId = 0xd935;
const smallestPadding = 6;

/**
 * Header of a member, directly before its data. It always has room for sizes beyond 4 GiB, so that it is as long
 * whatever the sizes are.
 *
 * @param position of the header in the file
 * @param alignment the data begin at a multiple of it
 */
export function localHeader(entry: ZipEntry, position: number, alignment: number): Uint8Array {
  const name = Buffer.from(entry.name);
  const plain = localHeaderBytes + name.length + zip64ExtraBytes;
  let padding = (alignment - ((position + plain) % alignment)) % alignment;
  while (padding > 0 && padding < smallestPadding) padding += alignment;
  const record = Buffer.alloc(plain + padding);
  record.writeUInt32LE(0x04034b50, 0);
  writeCommon(record, 4, entry, version.zip64);
  record.writeUInt32LE(limit32, 18);
  record.writeUInt32LE(limit32, 22);
  record.writeUInt16LE(name.length, 26);
  record.writeUInt16LE(zip64ExtraBytes + padding, 28);
  name.copy(record, localHeaderBytes);
  const extra = localHeaderBytes + name.length;
  writeZip64(record, extra, [entry.rawBytes, entry.storedBytes]);
  if (padding > 0) {
    record.writeUInt16LE(paddingId, plain);
    record.writeUInt16LE(padding - 4, plain + 2);
    record.writeUInt16LE(alignment, plain + 4);
  }
  return new Uint8Array(record);
}

/** Entry of the central directory for a member whose header lies at `position`. */
export function directoryEntry(entry: ZipEntry, position: number): Uint8Array {
  const name = Buffer.from(entry.name);
  const sizes = [entry.rawBytes, entry.storedBytes, position];
  const large = sizes.filter((size) => size >= limit32);
  const extraBytes = large.length > 0 ? 4 + 8 * large.length : 0;
  const record = Buffer.alloc(46 + name.length + extraBytes);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(version.zip64 | unix, 4);
  writeCommon(record, 6, entry, large.length > 0 ? version.zip64 : version.plain);
  record.writeUInt32LE(Math.min(entry.storedBytes, limit32), 20);
  record.writeUInt32LE(Math.min(entry.rawBytes, limit32), 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extraBytes, 30);
  record.writeUInt32LE(plainFile, 38);
  record.writeUInt32LE(Math.min(position, limit32), 42);
  name.copy(record, 46);
  if (large.length > 0) writeZip64(record, 46 + name.length, large);
  return new Uint8Array(record);
}

/** End of a file: with the records of zip64 where a number does not fit the plain one. */
export function endOfDirectory(entries: number, position: number, bytes: number): Uint8Array {
  const zip64 = entries >= limit16 || position >= limit32 || bytes >= limit32;
  const record = Buffer.alloc(zip64 ? 56 + 20 + 22 : 22);
  if (zip64) {
    record.writeUInt32LE(0x06064b50, 0);
    writeUInt64(record, 4, 44);
    record.writeUInt16LE(version.zip64, 12);
    record.writeUInt16LE(version.zip64, 14);
    writeUInt64(record, 24, entries);
    writeUInt64(record, 32, entries);
    writeUInt64(record, 40, bytes);
    writeUInt64(record, 48, position);
    record.writeUInt32LE(0x07064b50, 56);
    writeUInt64(record, 64, position + bytes);
    record.writeUInt32LE(1, 72);
  }
  const end = record.length - 22;
  record.writeUInt32LE(0x06054b50, end);
  record.writeUInt16LE(Math.min(entries, limit16), end + 8);
  record.writeUInt16LE(Math.min(entries, limit16), end + 10);
  record.writeUInt32LE(Math.min(bytes, limit32), end + 12);
  record.writeUInt32LE(Math.min(position, limit32), end + 16);
  return new Uint8Array(record);
}

/** What local headers and entries of the directory have in common: needed version to CRC. */
function writeCommon(record: Buffer, at: number, { method, crc }: ZipEntry, needed: number): void {
  record.writeUInt16LE(needed, at);
  record.writeUInt16LE(utf8Names, at + 2);
  record.writeUInt16LE(method, at + 4);
  record.writeUInt16LE(0, at + 6);
  record.writeUInt16LE(firstOfJanuary1980, at + 8);
  record.writeUInt32LE(crc, at + 10);
}

function writeZip64(record: Buffer, at: number, sizes: readonly number[]): void {
  record.writeUInt16LE(0x0001, at);
  record.writeUInt16LE(8 * sizes.length, at + 2);
  for (const [index, size] of sizes.entries()) writeUInt64(record, at + 4 + 8 * index, size);
}

function writeUInt64(record: Buffer, at: number, value: number): void {
  record.writeBigUInt64LE(BigInt(value), at);
}
