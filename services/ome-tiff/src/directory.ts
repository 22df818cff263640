/** Field types: TIFF 6.0 section 2, IFD from the TIFF technical note 1, the last two from the BigTIFF design. */
export const FieldType = {
  ASCII: 2,
  SHORT: 3,
  LONG: 4,
  RATIONAL: 5,
  UNDEFINED: 7,
  IFD: 13,
  LONG8: 16,
  IFD8: 18,
} as const;
export type FieldType = (typeof FieldType)[keyof typeof FieldType];

const sizes: Readonly<Record<FieldType, number>> = { 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4, 16: 8, 18: 8 };

/** Classic TIFF has 4-byte offsets, BigTIFF 8-byte ones. */
export interface Flavor {
  readonly big: boolean;
  readonly offsetBytes: 4 | 8;
  readonly magic: 42 | 43;
  /** Type of a list of offsets of strips and tiles. */
  readonly offsetType: FieldType;
  /** Type of a list of offsets of directories. */
  readonly directoryType: FieldType;
}

export const classicTiff: Flavor = {
  big: false,
  offsetBytes: 4,
  magic: 42,
  offsetType: FieldType.LONG,
  directoryType: FieldType.IFD,
};

export const bigTiff: Flavor = {
  big: true,
  offsetBytes: 8,
  magic: 43,
  offsetType: FieldType.LONG8,
  directoryType: FieldType.IFD8,
};

/** One field of a directory, its values beside it or at an offset of the file. */
export interface Entry {
  readonly tag: number;
  readonly type: FieldType;
  readonly count: number;
  /** The values, when they fit beside the entry, or the one offset at which they stand. */
  readonly values: readonly number[];
}

/** Bytes of `count` values. */
export function fieldBytes(type: FieldType, count: number): number {
  return sizes[type] * count;
}

/** True when the values stand in the entry itself. RATIONAL counts as two LONGs. */
export function fitsInline(flavor: Flavor, type: FieldType, count: number): boolean {
  return fieldBytes(type, count) <= flavor.offsetBytes;
}

/** Bytes of a directory: count, entries, offset of the next one. */
export function directoryBytes(flavor: Flavor, entries: number): number {
  return flavor.big ? 8 + 20 * entries + 8 : 2 + 12 * entries + 4;
}

/** Bytes that a file begins with. The header area is as long for classic TIFF, so that strips stand alike in both. */
export const headerBytes = 16;

/** The first bytes of a file: byte order, magic number, offset of the first directory. */
export function encodeHeader(flavor: Flavor, firstDirectory: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, flavor.magic, true);
  if (flavor.big) {
    view.setUint16(4, 8, true);
    view.setBigUint64(8, BigInt(firstDirectory), true);
  } else {
    view.setUint32(4, firstDirectory, true);
  }
  return bytes;
}

/**
 * Writes a directory at `position` of `view`.
 *
 * @param entries ascending by tag
 * @param next offset of the next directory in the file, 0 after the last
 * @returns the position after it
 */
export function writeDirectory(
  flavor: Flavor,
  view: DataView,
  position: number,
  entries: readonly Entry[],
  next: number,
): number {
  let at = writeNumber(view, position, flavor.big ? FieldType.LONG8 : FieldType.SHORT, entries.length);
  for (const { tag, type, count, values } of entries) {
    at = writeNumber(view, at, FieldType.SHORT, tag);
    at = writeNumber(view, at, FieldType.SHORT, type);
    at = writeNumber(view, at, flavor.offsetType, count);
    writeValues(view, at, fitsInline(flavor, type, count) ? type : flavor.offsetType, values);
    at += flavor.offsetBytes;
  }
  return writeNumber(view, at, flavor.offsetType, next);
}

/** Writes values one after another and returns the position after them. */
export function writeValues(view: DataView, position: number, type: FieldType, values: readonly number[]): number {
  let at = position;
  for (const value of values) at = writeNumber(view, at, type, value);
  return at;
}

function writeNumber(view: DataView, at: number, type: FieldType, value: number): number {
  if (type === FieldType.RATIONAL) return writeNumber(view, at, FieldType.LONG, value);
  const size = sizes[type];
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else if (size === 4) view.setUint32(at, value, true);
  else view.setBigUint64(at, BigInt(value), true);
  return at + size;
}
