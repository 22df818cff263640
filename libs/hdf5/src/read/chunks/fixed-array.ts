import { type ArrayEntry, isPageUsed, readEntries, readEntryFormat } from "./array-entry.ts";
import { StorageError, type StoredFile } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** Entries read at once of an array without pages. */
const entriesPerRead = 65_536;

/**
 * The `total` chunks of a dataset that does not grow: a fixed array (spec VII.C) is a header, and a data block whose
 * pages are filled only where its bits say so.
 */
export async function* fixedArray(
  file: StoredFile,
  address: number,
  total: number,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const head = new StructureReader(await file.read(address, 24));
  head.letters("FAHD");
  head.version("a fixed array", 0);
  const format = readEntryFormat(head);
  const pageEntries = 2 ** head.uint8();
  const entries = head.count();
  const block = head.address();
  if (entries !== total) throw new StorageError(`${entries} chunks in an array, not ${total}`);
  if (block === undefined) return;
  new StructureReader(await file.read(block, 4)).letters("FADB");
  const paged = entries > pageEntries;
  const used = await file.read(block + 14, paged ? Math.ceil(Math.ceil(entries / pageEntries) / 8) : 0);
  // Behind the bits of the pages, and behind each page, is a checksum.
  const first = block + 14 + used.length + (paged ? 4 : 0);
  const step = paged ? pageEntries : entriesPerRead;
  for (let entry = 0; entry < entries; entry += step) {
    const page = entry / step;
    if (paged && !isPageUsed(used, page)) continue;
    const count = Math.min(step, entries - entry);
    const position = first + entry * format.entryBytes + (paged ? page * 4 : 0);
    yield* readEntries(new StructureReader(await file.read(position, count * format.entryBytes)), format, entry, count);
  }
}
