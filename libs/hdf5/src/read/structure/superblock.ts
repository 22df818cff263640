import { StorageError, type StoredFile } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";
import type { Widths } from "./symbol-table.ts";

/** What the superblock tells. */
export interface Superblock {
  /** Address of the header of the root group. */
  readonly root: number;
  /** The symbol table that the superblock knows the root to have; undefined where it knows none. */
  readonly table: { readonly tree: number; readonly heap: number } | undefined;
  readonly widths: Widths;
  /** Where the file ends. */
  readonly end: number;
}

/** What files have that do not say. */
const usualWidths: Widths = { leafK: 4, internalK: 16 };

/**
 * Superblocks of versions 0 to 3 (spec II.A) at the beginning of a file, without a driver's block and without an
 * extension; a StorageError for others, and for files that are open for writing.
 */
export async function readSuperblock(file: StoredFile): Promise<Superblock> {
  if (file.base !== 0) throw new StorageError("a block of the user's own");
  const { version } = file;
  const reader = new StructureReader(await file.read(0, version < 2 ? 96 + (version === 1 ? 4 : 0) : 48));
  reader.at = 8;
  reader.version("a superblock", 0, 1, 2, 3);
  const superblock = version < 2 ? readEarly(reader, version) : readLate(reader);
  if (superblock.end <= file.bytes) return superblock;
  throw new StorageError(`a file of ${file.bytes} bytes that should end at ${superblock.end}`);
}

function readEarly(reader: StructureReader, version: number): Superblock {
  reader.zeros(3, "versions of parts");
  reader.expect(reader.uint8() === 0 && reader.uint8() === 8 && reader.uint8() === 8, "sizes");
  reader.zeros(1, "a superblock");
  const widths = { leafK: reader.uint16(), internalK: reader.uint16() };
  reader.expect(widths.leafK > 0 && widths.internalK > 0, "nodes without room");
  reader.zeros(4, "consistency flags");
  if (version === 1) {
    reader.expect(reader.uint16() > 0, "nodes without room");
    reader.zeros(2, "a superblock");
  }
  reader.expect(reader.count() === 0 && reader.address() === undefined, "a base address or free space");
  const end = reader.count();
  reader.expect(reader.address() === undefined, "a driver's block");
  reader.expect(reader.count() === 0, "a name of the root");
  const root = reader.count();
  const cache = reader.uint32();
  reader.expect(cache <= 1, "what the superblock knows of the root");
  reader.zeros(4, "the entry of the root");
  return { root, table: cache === 1 ? { tree: reader.count(), heap: reader.count() } : undefined, widths, end };
}

function readLate(reader: StructureReader): Superblock {
  reader.expect(reader.uint8() === 8 && reader.uint8() === 8, "sizes");
  reader.zeros(1, "consistency flags");
  reader.expect(reader.count() === 0 && reader.address() === undefined, "a base address or an extension");
  const [end, root] = [reader.count(), reader.count()];
  reader.checksum();
  return { root, table: undefined, widths: usualWidths, end };
}
