import { type Entry, FieldType, type Flavor } from "./directory.ts";
import type { LevelLayout, PlaneLayout } from "./layout.ts";
import type { PixelType } from "./pixel-type.ts";
import type { Rational } from "./rational.ts";
import { Predictor, Tag } from "./tags.ts";

/** What all pages of a file have in common. */
export interface PageStyle {
  readonly layout: PlaneLayout;
  readonly pixel: PixelType;
  readonly compression: number;
  readonly predictor: number;
  /** Pixels per centimeter; absent when the pixel size is unknown. */
  readonly resolution: { readonly x: Rational; readonly y: Rational } | undefined;
}

/** Values of one page: themselves where they fit into the entry, else the offset at which they stand. */
export interface PageValues {
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
  /** Offsets of the directories of the reduced levels; empty for a page without. */
  readonly subDirectories: readonly number[];
  /** Where the fractions of the resolution stand; absent in BigTIFF, where they fit into the entry. */
  readonly resolutionAt: { readonly x: number; readonly y: number } | undefined;
  /** The first page of the file says what the file is. */
  readonly texts: readonly TextField[];
}

/** A text that stands at an offset of the file, its length with the closing NUL where it has one. */
export interface TextField {
  readonly tag: number;
  /** UNDEFINED: bytes of which TIFF says nothing. */
  readonly type: FieldType;
  readonly offset: number;
  readonly bytes: number;
}

/** Entries of a page or of one of its reduced levels, ascending by tag. */
export function pageEntries(flavor: Flavor, style: PageStyle, level: LevelLayout, values: PageValues): Entry[] {
  const segments = level.columns * level.rows;
  const full = level.firstSegment === 0;
  const entries = [
    long(Tag.NewSubfileType, full ? 0 : 1),
    long(Tag.ImageWidth, level.width),
    long(Tag.ImageLength, level.height),
    short(Tag.BitsPerSample, style.pixel.bits),
    short(Tag.Compression, style.compression),
    short(Tag.PhotometricInterpretation, 1),
    short(Tag.SamplesPerPixel, 1),
    short(Tag.PlanarConfiguration, 1),
    short(Tag.SampleFormat, style.pixel.sampleFormat),
    { tag: segmentTags(level).offsets, type: flavor.offsetType, count: segments, values: values.offsets },
    { tag: segmentTags(level).lengths, type: FieldType.LONG, count: segments, values: values.lengths },
    ...(level.tiled
      ? [long(Tag.TileWidth, level.segmentWidth), long(Tag.TileLength, level.segmentHeight)]
      : [long(Tag.RowsPerStrip, level.segmentHeight)]),
    ...values.texts.map(({ tag, type, offset, bytes }) => ({ tag, type, count: bytes, values: [offset] })),
    ...(full ? resolutionEntries(style, values) : []),
  ];
  if (style.predictor !== Predictor.none) entries.push(short(Tag.Predictor, style.predictor));
  if (full && style.layout.levels.length > 1) {
    const count = style.layout.levels.length - 1;
    entries.push({ tag: Tag.SubIFDs, type: flavor.directoryType, count, values: values.subDirectories });
  }
  return entries.toSorted((a, b) => a.tag - b.tag);
}

function segmentTags(level: LevelLayout) {
  return level.tiled
    ? { offsets: Tag.TileOffsets, lengths: Tag.TileByteCounts }
    : { offsets: Tag.StripOffsets, lengths: Tag.StripByteCounts };
}

function resolutionEntries({ resolution }: PageStyle, { resolutionAt }: PageValues): Entry[] {
  if (!resolution) return [];
  const rational = (tag: number, fraction: Rational, at: number | undefined): Entry => ({
    tag,
    type: FieldType.RATIONAL,
    count: 1,
    values: at === undefined ? fraction : [at],
  });
  const centimeter = 3;
  return [
    rational(Tag.XResolution, resolution.x, resolutionAt?.x),
    rational(Tag.YResolution, resolution.y, resolutionAt?.y),
    short(Tag.ResolutionUnit, centimeter),
  ];
}

function short(tag: number, value: number): Entry {
  return { tag, type: FieldType.SHORT, count: 1, values: [value] };
}

function long(tag: number, value: number): Entry {
  return { tag, type: FieldType.LONG, count: 1, values: [value] };
}
