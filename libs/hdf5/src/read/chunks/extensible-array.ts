import type { StructureSource } from "../structure/pages.ts";
import { StorageError } from "../structure/stored-file.ts";
import { StructureReader } from "../structure/structure-reader.ts";
import {
  type ArrayEntry,
  checked,
  type EntryFormat,
  isPageUsed,
  type Places,
  readEntries,
  readEntryFormat,
} from "./array-entry.ts";

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
 * The chunks of a dataset that grows along axis 0: an extensible array (spec VII.D). The first elements are
 * in the index block, the next in data blocks that it lists, the rest in data blocks that its super blocks list. Super
 * block u has 2^floor(u/2) data blocks, each of 2^ceil(u/2) times as many elements as the smallest.
 */
export async function* extensibleArray(
  file: StructureSource,
  address: number,
  { first, end }: Places,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const header = await readHeader(file, address);
  if (header.indexBlock === undefined) return;
  const listed = 2 * Math.log2(header.leastBlocks);
  const addresses = 2 * (header.leastBlocks - 1) + header.superBlocks - listed;
  const bytes = prefixBytes + header.indexEntries * header.entryBytes + 8 * addresses;
  const reader = checked(await file.read(header.indexBlock, bytes + 4));
  reader.letters("EAIB");
  reader.at = prefixBytes;
  const elements = new StructureReader(reader.bytes(header.indexEntries * header.entryBytes));
  yield* readEntries(elements, header, 0, Math.min(header.indexEntries, end));
  let place = header.indexEntries;
  for (let superBlock = 0; superBlock < header.superBlocks && place < end; superBlock++) {
    const blocks = 2 ** Math.floor(superBlock / 2);
    const entries = header.leastEntries * 2 ** Math.ceil(superBlock / 2);
    let list: BlockList = { entries, addresses: [], usedPages: new Uint8Array(0) };
    if (superBlock < listed) list = { ...list, addresses: Array.from({ length: blocks }, () => reader.address()) };
    else {
      const below = reader.address();
      const wanted = below !== undefined && place + blocks * entries > first;
      if (wanted) list = await readSuperBlock(file, header, below, blocks, entries);
    }
    yield* blockEntries(file, header, list, place, { first, end });
    place += blocks * entries;
  }
}

async function readHeader(file: StructureSource, address: number): Promise<Header> {
  const head = checked(await file.read(address, 72));
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
  file: StructureSource,
  { placeBytes, pageEntries }: Header,
  address: number,
  blocks: number,
  entries: number,
): Promise<BlockList> {
  const pageBytes = entries > pageEntries ? Math.ceil(entries / pageEntries / 8) : 0;
  const reader = checked(await file.read(address, prefixBytes + placeBytes + blocks * (pageBytes + 8) + 4));
  reader.letters("EASB");
  reader.at = prefixBytes + placeBytes;
  const usedPages = reader.bytes(blocks * pageBytes);
  return { entries, usedPages, addresses: Array.from({ length: blocks }, () => reader.address()) };
}

/** Elements of data blocks, of which the first has the number `place`. */
async function* blockEntries(
  file: StructureSource,
  header: Header,
  { entries, addresses, usedPages }: BlockList,
  place: number,
  { first, end }: Omit<Places, "total">,
): AsyncGenerator<ArrayEntry, void, undefined> {
  const paged = entries > header.pageEntries;
  const step = paged ? header.pageEntries : entries;
  const pages = entries / step;
  const headBytes = prefixBytes + header.placeBytes;
  for (const [block, address] of addresses.entries()) {
    const start = place + block * entries;
    if (address === undefined || start + entries <= first) continue;
    if (start >= end) return;
    const reader = checked(await file.read(address, headBytes + (paged ? 0 : entries * header.entryBytes) + 4));
    reader.letters("EADB");
    reader.at = headBytes;
    if (!paged) {
      yield* readEntries(reader, header, start, entries);
      continue;
    }
    const pageBytes = step * header.entryBytes + 4;
    for (let page = 0; page < pages && start + page * step < end; page++) {
      if (start + (page + 1) * step <= first || !isPageUsed(usedPages, block * pages + page)) continue;
      const elements = await file.read(address + headBytes + 4 + page * pageBytes, pageBytes);
      yield* readEntries(checked(elements), header, start + page * step, step);
    }
  }
}
