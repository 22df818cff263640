import { type ArrayEntry, type EntryFormat, isPageUsed, readEntries, readEntryFormat } from "./array-entry.ts";
import { StorageError, type StoredFile } from "./stored-file.ts";
import { StructureReader } from "./structure-reader.ts";

/** What the header of an extensible array says. */
interface Header extends EntryFormat {
  readonly indexEntries: number;
  /** Elements of the smallest data block. */
  readonly leastEntries: number;
  /** Data block addresses of the smallest super block. */
  readonly leastBlocks: number;
  readonly pageEntries: number;
  /** Bytes of a number of an element. */
  readonly placeBytes: number;
  readonly superBlocks: number;
  readonly indexBlock: number | undefined;
}

/** Signature, version, client and the address of the header stand before each block. */
const prefixBytes = 14;

/** Data blocks of one size: their addresses, undefined where none was written, and the pages that were. */
interface BlockList {
  readonly entries: number;
  readonly addresses: readonly (number | undefined)[];
  /** A bit for each page of each block, without gaps between blocks; empty where they have no pages. */
  readonly usedPages: Uint8Array;
}

/**
 * The first `total` chunks of a dataset that grows along axis 0: an extensible array (spec VII.D). The first elements are
 * in the index block, the next in data blocks that it lists, the rest in data blocks that its super blocks list. Super
 * block u has 2^floor(u/2) data blocks, each of 2^ceil(u/2) times as many elements as the smallest.
 */
export async function* extensibleArray(
  file: StoredFile,
  address: number,
  total: number,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const header = await readHeader(file, address);
  if (header.indexBlock === undefined) return;
  const listed = 2 * Math.log2(header.leastBlocks);
  const addresses = 2 * (header.leastBlocks - 1) + header.superBlocks - listed;
  const bytes = prefixBytes + header.indexEntries * header.entryBytes + 8 * addresses;
  const reader = new StructureReader(await file.read(header.indexBlock, bytes));
  reader.letters("EAIB");
  reader.at = prefixBytes;
  const elements = new StructureReader(reader.bytes(header.indexEntries * header.entryBytes));
  yield* readEntries(elements, header, 0, Math.min(header.indexEntries, total));
  let place = header.indexEntries;
  for (let superBlock = 0; superBlock < header.superBlocks && place < total; superBlock++) {
    const blocks = 2 ** Math.floor(superBlock / 2);
    const entries = header.leastEntries * 2 ** Math.ceil(superBlock / 2);
    let list: BlockList = { entries, addresses: [], usedPages: new Uint8Array(0) };
    if (superBlock < listed) list = { ...list, addresses: Array.from({ length: blocks }, () => reader.address()) };
    else {
      const below = reader.address();
      if (below !== undefined) list = await readSuperBlock(file, header, below, blocks, entries);
    }
    yield* blockEntries(file, header, list, place, total);
    place += blocks * entries;
  }
}

async function readHeader(file: StoredFile, address: number): Promise<Header> {
  const head = new StructureReader(await file.read(address, 68));
  head.letters("EAHD");
  head.version("an extensible array", 0);
  const format = readEntryFormat(head);
  const [placeBits, indexEntries, leastEntries, leastBlocks, pageBits] = Array.from(head.bytes(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  head.at += 6 * 8;
  const superBlocks = 1 + placeBits - Math.log2(leastEntries);
  const sound = placeBits <= 53 && Number.isInteger(superBlocks) && superBlocks >= 2 * Math.log2(leastBlocks);
  if (!sound || !Number.isInteger(Math.log2(leastBlocks))) throw new StorageError("an extensible array of odd sizes");
  return {
    ...format,
    indexEntries,
    leastEntries,
    leastBlocks,
    pageEntries: 2 ** pageBits,
    placeBytes: Math.ceil(placeBits / 8),
    superBlocks,
    indexBlock: head.address(),
  };
}

async function readSuperBlock(
  file: StoredFile,
  { placeBytes, pageEntries }: Header,
  address: number,
  blocks: number,
  entries: number,
): Promise<BlockList> {
  const pageBytes = entries > pageEntries ? Math.ceil(entries / pageEntries / 8) : 0;
  const bytes = await file.read(address, prefixBytes + placeBytes + blocks * (pageBytes + 8));
  const reader = new StructureReader(bytes);
  reader.letters("EASB");
  reader.at = prefixBytes + placeBytes;
  const usedPages = reader.bytes(blocks * pageBytes);
  return { entries, usedPages, addresses: Array.from({ length: blocks }, () => reader.address()) };
}

/** Elements of data blocks, of which the first has the number `first`. */
async function* blockEntries(
  file: StoredFile,
  header: Header,
  { entries, addresses, usedPages }: BlockList,
  first: number,
  total: number,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const paged = entries > header.pageEntries;
  const step = paged ? header.pageEntries : entries;
  const stepBytes = step * header.entryBytes + (paged ? 4 : 0);
  const pages = entries / step;
  for (const [block, address] of addresses.entries()) {
    if (address === undefined) continue;
    // Pages follow a checksum of what is before them; without pages the elements do at once.
    const elements = address + prefixBytes + header.placeBytes + (paged ? 4 : 0);
    for (let page = 0; page < pages; page++) {
      const place = first + block * entries + page * step;
      if (place >= total) return;
      if (paged && !isPageUsed(usedPages, block * pages + page)) continue;
      const count = Math.min(step, total - place);
      const bytes = await file.read(elements + page * stepBytes, count * header.entryBytes);
      yield* readEntries(new StructureReader(bytes), header, place, count);
    }
  }
}
