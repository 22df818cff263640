import type { StructureSource } from "../structure/pages.ts";
import { StorageError } from "../structure/stored-file.ts";
import { StructureReader } from "../structure/structure-reader.ts";
import { type ArrayEntry, checked, isPageUsed, type Places, readEntries, readEntryFormat } from "./array-entry.ts";

/**
 * Chunks of a dataset that does not grow: a fixed array (spec VII.C) is a header, and a data block whose pages are
 * filled only where its bits say so. Behind header, block and pages are checksums.
 */
export async function* fixedArray(
  file: StructureSource,
  address: number,
  { total, first, end }: Places,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const head = new StructureReader(await file.read(address, 28));
  head.letters("FAHD");
  head.version("a fixed array", 0);
  const format = readEntryFormat(head);
  const pageEntries = 2 ** head.uint8();
  const entries = head.count();
  const block = head.address();
  head.checksum();
  if (entries !== total) throw new StorageError(`${entries} chunks in an array, not ${total}`);
  if (block === undefined) return;
  const paged = entries > pageEntries;
  const bitBytes = paged ? Math.ceil(Math.ceil(entries / pageEntries) / 8) : 0;
  const ownBytes = prefixBytes + (paged ? bitBytes : entries * format.entryBytes) + 4;
  const reader = new StructureReader(await file.read(block, ownBytes));
  reader.letters("FADB");
  reader.at = ownBytes - 4;
  reader.checksum();
  reader.at = prefixBytes;
  if (!paged) return yield* readEntries(reader, format, 0, entries);
  const used = reader.bytes(bitBytes);
  const pageBytes = pageEntries * format.entryBytes + 4;
  for (let page = Math.floor(first / pageEntries); page * pageEntries < end; page++) {
    if (!isPageUsed(used, page)) continue;
    const count = Math.min(pageEntries, entries - page * pageEntries);
    const elements = await file.read(block + ownBytes + page * pageBytes, count * format.entryBytes + 4);
    yield* readEntries(checked(elements), format, page * pageEntries, count);
  }
}

/** Signature, version, client and the address of the header stand before the elements. */
const prefixBytes = 14;
