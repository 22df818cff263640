import { StorageError } from "../structure/stored-file.ts";
import { StructureReader } from "../structure/structure-reader.ts";

/** A chunk in an array of chunks. */
export interface ArrayEntry {
  /** Number of the chunk in C order of the grid. */
  readonly place: number;
  readonly address: number;
  /** Bytes in the file; undefined for a whole chunk. */
  readonly bytes: number | undefined;
  readonly mask: number;
}

/** Which entries of an array are wanted, at least; of how many. */
export interface Places {
  readonly total: number;
  readonly first: number;
  readonly end: number;
}

/** How arrays of chunks keep an element: an address, and behind it length and mask of a chunk with filters. */
export interface EntryFormat {
  readonly filtered: boolean;
  readonly entryBytes: number;
}

/** Reads `count` elements that follow each other, of which the first has the number `first`. */
export function* readEntries(
  reader: StructureReader,
  { filtered, entryBytes }: EntryFormat,
  first: number,
  count: number,
): Generator<ArrayEntry> {
  for (let place = first; place < first + count; place++) {
    const address = reader.address();
    const bytes = filtered ? reader.count(entryBytes - 12) : undefined;
    const mask = filtered ? reader.uint32() : 0;
    if (address !== undefined) yield { place, address, bytes, mask };
  }
}

/** Passes the client and the length of elements in the header of an array of chunks. */
export function readEntryFormat(head: StructureReader): EntryFormat {
  const filtered = head.uint8() === 1;
  const entryBytes = head.uint8();
  const lengthBytes = entryBytes - 12;
  if (filtered ? lengthBytes >= 1 && lengthBytes <= 8 : entryBytes === 8) return { filtered, entryBytes };
  throw new StorageError(`elements of ${entryBytes} bytes in an array of chunks`);
}

/** True when a page of an array was written: bits count from the most significant one. */
export function isPageUsed(bits: Uint8Array, page: number): boolean {
  return ((bits[page >> 3] as number) & (0x80 >> (page & 7))) !== 0;
}

/** Elements whose checksum, behind them, is right. */
export function checked(bytes: Buffer): StructureReader {
  const reader = new StructureReader(bytes);
  reader.at = bytes.length - 4;
  reader.checksum();
  reader.at = 0;
  return reader;
}
