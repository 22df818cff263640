import type { FileSource } from "./file-source.ts";
import { corrupt, truncated } from "./tiff-error.ts";

/** Where the pages of a file are. */
export interface DirectoryChain {
  readonly littleEndian: boolean;
  readonly big: boolean;
  /** Offset of the directory of each page. */
  readonly directories: readonly number[];
}

/** Bytes of a value by field type (TIFF 6.0 section 2; BigTIFF). */
const typeBytes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** No writer makes directories of more fields; a larger count is a wrong offset. */
const maximumEntries = 4096;

/**
 * Walks the directories of a file from the first to the last and checks that every one of them, and all values that
 * they point at, lie inside the file. geotiff trusts them: it would go round a circle for ever, and allocate what a
 * corrupt count says.
 */
export async function walkDirectories(source: FileSource): Promise<DirectoryChain> {
  const head = view(await source.read(0, 8, "the TIFF header"));
  const order = head.getUint16(0);
  const littleEndian = order === 0x4949;
  const magic = head.getUint16(2, littleEndian);
  if ((!littleEndian && order !== 0x4d4d) || (magic !== 42 && magic !== 43)) throw notTiff();
  const big = magic === 43;
  if (big && head.getUint16(4, littleEndian) !== 8) throw notTiff();
  const first = big
    ? offsetOf(view(await source.read(8, 8, "the BigTIFF header")), 0, { big, littleEndian })
    : head.getUint32(4, littleEndian);
  const seen = new Set<number>();
  for (let next = first; next !== 0; ) {
    if (seen.has(next)) throw circle(seen.size, next);
    seen.add(next);
    next = await checkDirectory(source, next, seen.size - 1, { big, littleEndian });
  }
  if (seen.size === 0) throw corrupt({ reason: "TIFF_EMPTY", message: "The file has no page.", field: "header" });
  return { littleEndian, big, directories: [...seen] };
}

interface Flavor {
  readonly big: boolean;
  readonly littleEndian: boolean;
}

/** Checks one directory and gives the offset of the next. */
async function checkDirectory(source: FileSource, offset: number, page: number, flavor: Flavor): Promise<number> {
  const { big, littleEndian } = flavor;
  const what = `the directory of page ${page}`;
  const countBytes = big ? 8 : 2;
  const countView = view(await source.read(offset, countBytes, what));
  const count = big ? offsetOf(countView, 0, flavor) : countView.getUint16(0, littleEndian);
  if (count === 0 || count > maximumEntries) {
    throw corrupt({
      reason: "TIFF_DIRECTORY_CORRUPT",
      message: `At byte ${offset} there is no directory.`,
      field: `${what} @ byte ${offset}`,
      got: `${count} fields`,
      allowed: [`1 to ${maximumEntries} fields`],
    });
  }
  const entryBytes = big ? 20 : 12;
  const bytes = await source.read(offset + countBytes, count * entryBytes + (big ? 8 : 4), what);
  const directory = view(bytes);
  for (let index = 0; index < count; index++) {
    const at = index * entryBytes;
    checkEntry(source, directory, at, `tag ${directory.getUint16(at, littleEndian)} of page ${page}`, flavor);
  }
  return offsetOf(directory, count * entryBytes, flavor);
}

function checkEntry(source: FileSource, directory: DataView, at: number, what: string, flavor: Flavor): void {
  const { big, littleEndian } = flavor;
  const size = typeBytes[directory.getUint16(at + 2, littleEndian)];
  if (size === undefined) {
    throw corrupt({
      reason: "TIFF_FIELD_CORRUPT",
      message: "A field has a type that TIFF does not know.",
      field: what,
      got: String(directory.getUint16(at + 2, littleEndian)),
      allowed: Object.keys(typeBytes),
    });
  }
  const count = big ? offsetOf(directory, at + 4, flavor) : directory.getUint32(at + 4, littleEndian);
  const bytes = count * size;
  if (bytes <= (big ? 8 : 4)) return;
  const offset = offsetOf(directory, at + (big ? 12 : 8), flavor);
  if (offset + bytes > source.size) throw truncated(`the values of ${what}`, offset, bytes, source.size);
}

/** An offset; beyond 2^53 it is rounded, and behind the end of every file. */
function offsetOf(bytes: DataView, at: number, { big, littleEndian }: Flavor): number {
  return big ? Number(bytes.getBigUint64(at, littleEndian)) : bytes.getUint32(at, littleEndian);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function notTiff() {
  return corrupt({
    reason: "TIFF_HEADER_INVALID",
    message: "The file does not begin as a TIFF.",
    field: "header @ byte 0",
    allowed: ["II or MM, then 42 (TIFF) or 43 (BigTIFF)"],
    remedy: "Give a TIFF file.",
  });
}

function circle(page: number, offset: number) {
  return corrupt({
    reason: "TIFF_DIRECTORY_CIRCLE",
    message: "The directories of the file go round in a circle.",
    field: `the directory of page ${page} @ byte ${offset}`,
  });
}
