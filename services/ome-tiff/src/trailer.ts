import {
  directoryBytes,
  FieldType,
  type Flavor,
  fieldBytes,
  fitsInline,
  writeDirectory,
  writeValues,
} from "./directory.ts";
import type { LevelLayout } from "./layout.ts";
import { type PageStyle, type PageValues, pageEntries, type TextField } from "./page.ts";
import type { SegmentTable } from "./segment-table.ts";

/** Everything that the directories of a file are made of. */
export interface TrailerSource {
  readonly style: PageStyle;
  readonly planes: number;
  readonly table: SegmentTable;
  /** Texts of the first page, already in the file. */
  readonly texts: readonly TextField[];
}

/** Pages are handed out in pieces of about this size. */
const pieceBytes = 1024 * 1024;

/**
 * The end of a file: values that do not fit into directories and the directories of reduced levels, plane by plane;
 * then the directories of all planes without a gap, so that readers find them fast.
 *
 * All places follow from arithmetic, as every plane needs the same number of bytes.
 */
export class Trailer {
  /** Offset of the first directory. */
  readonly firstDirectory: number;
  /** Offset after the last byte. */
  readonly end: number;
  readonly #flavor: Flavor;
  readonly #source: TrailerSource;
  readonly #start: number;
  readonly #plane: PlaneRecord;
  readonly #firstBytes: number;
  readonly #otherBytes: number;

  /** @param start offset of the trailer in the file, a multiple of 8 */
  constructor(flavor: Flavor, source: TrailerSource, start: number) {
    this.#flavor = flavor;
    this.#source = source;
    this.#start = start;
    this.#plane = planeRecord(flavor, source.style);
    this.#firstBytes = this.#directorySize(source.texts);
    this.#otherBytes = this.#directorySize([]);
    this.firstDirectory = this.#recordAt(source.planes);
    this.end = this.#directoryAt(source.planes);
  }

  /** The trailer's bytes, piece by piece. */
  *pieces(): Generator<Uint8Array> {
    yield this.#resolution();
    const { planes } = this.#source;
    yield* this.#written(planes, this.#plane.bytes, (view, position, plane) =>
      this.#writeRecord(view, position, plane),
    );
    yield* this.#written(1, this.#firstBytes, (view, position) => this.#writePage(view, position, 0));
    yield* this.#written(planes - 1, this.#otherBytes, (view, position, index) =>
      this.#writePage(view, position, index + 1),
    );
  }

  *#written(count: number, size: number, write: (view: DataView, position: number, index: number) => void) {
    if (size === 0) return;
    const perPiece = Math.max(1, Math.floor(pieceBytes / size));
    for (let first = 0; first < count; first += perPiece) {
      const items = Math.min(perPiece, count - first);
      const bytes = new Uint8Array(items * size);
      const view = new DataView(bytes.buffer);
      for (let index = 0; index < items; index++) write(view, index * size, first + index);
      yield bytes;
    }
  }

  /** The two fractions of the resolution, which all classic pages share. */
  #resolution(): Uint8Array {
    const bytes = new Uint8Array(this.#resolutionBytes);
    const { resolution } = this.#source.style;
    if (bytes.length > 0 && resolution) {
      writeValues(new DataView(bytes.buffer), 0, FieldType.LONG, [...resolution.x, ...resolution.y]);
    }
    return bytes;
  }

  get #resolutionBytes(): number {
    return this.#source.style.resolution && !this.#flavor.big ? 16 : 0;
  }

  #recordAt(plane: number): number {
    return this.#start + this.#resolutionBytes + plane * this.#plane.bytes;
  }

  #directoryAt(page: number): number {
    return page === 0 ? this.firstDirectory : this.firstDirectory + this.#firstBytes + (page - 1) * this.#otherBytes;
  }

  #directorySize(texts: readonly TextField[]): number {
    const { style } = this.#source;
    const values = { offsets: [], lengths: [], subDirectories: [], resolutionAt: undefined, texts };
    return aligned(
      directoryBytes(this.#flavor, pageEntries(this.#flavor, style, at(style.layout.levels, 0), values).length),
    );
  }

  #writeRecord(view: DataView, position: number, plane: number): void {
    const { style, table } = this.#source;
    for (const [index, level] of style.layout.levels.entries()) {
      const place = at(this.#plane.levels, index);
      const segments = level.columns * level.rows;
      if (place.offsetsAt !== undefined) {
        const offsets = table.offsets(plane, level.firstSegment, segments);
        writeValues(view, position + place.offsetsAt, this.#flavor.offsetType, offsets);
      }
      if (place.lengthsAt !== undefined) {
        const lengths = table.lengths(plane, level.firstSegment, segments);
        writeValues(view, position + place.lengthsAt, FieldType.LONG, lengths);
      }
      if (index > 0) {
        const entries = pageEntries(this.#flavor, style, level, this.#valuesOf(plane, index, []));
        writeDirectory(this.#flavor, view, position + place.directoryAt, entries, 0);
      }
    }
    if (this.#plane.directoriesAt !== undefined) {
      const offsets = this.#subDirectories(plane);
      writeValues(view, position + this.#plane.directoriesAt, this.#flavor.directoryType, offsets);
    }
  }

  #writePage(view: DataView, position: number, page: number): void {
    const { style, texts, planes } = this.#source;
    const values = this.#valuesOf(page, 0, page === 0 ? texts : []);
    const entries = pageEntries(this.#flavor, style, at(style.layout.levels, 0), values);
    writeDirectory(this.#flavor, view, position, entries, page + 1 < planes ? this.#directoryAt(page + 1) : 0);
  }

  #valuesOf(plane: number, index: number, texts: readonly TextField[]): PageValues {
    const { style, table } = this.#source;
    const level = at(style.layout.levels, index);
    const segments = level.columns * level.rows;
    const place = at(this.#plane.levels, index);
    const record = this.#recordAt(plane);
    const { offsetsAt, lengthsAt } = place;
    const { directoriesAt } = this.#plane;
    return {
      offsets: offsetsAt === undefined ? table.offsets(plane, level.firstSegment, segments) : [record + offsetsAt],
      lengths: lengthsAt === undefined ? table.lengths(plane, level.firstSegment, segments) : [record + lengthsAt],
      subDirectories: directoriesAt === undefined ? this.#subDirectories(plane) : [record + directoriesAt],
      resolutionAt: this.#flavor.big ? undefined : { x: this.#start, y: this.#start + 8 },
      texts,
    };
  }

  #subDirectories(plane: number): number[] {
    return this.#plane.levels.slice(1).map((level) => this.#recordAt(plane) + level.directoryAt);
  }
}

/** Places inside the bytes of one plane that stand before the directories; absent where values fit into an entry. */
interface PlaneRecord {
  readonly bytes: number;
  readonly levels: readonly LevelRecord[];
  readonly directoriesAt: number | undefined;
}

interface LevelRecord {
  readonly offsetsAt: number | undefined;
  readonly lengthsAt: number | undefined;
  /** Of a reduced level. */
  readonly directoryAt: number;
}

function planeRecord(flavor: Flavor, style: PageStyle): PlaneRecord {
  let bytes = 0;
  const place = (type: FieldType, count: number): number | undefined => {
    if (count === 0 || fitsInline(flavor, type, count)) return undefined;
    return reserve(fieldBytes(type, count));
  };
  const reserve = (length: number): number => {
    const position = bytes;
    bytes += aligned(length);
    return position;
  };
  const levels = style.layout.levels.map((level, index): LevelRecord => {
    const segments = level.columns * level.rows;
    return {
      offsetsAt: place(flavor.offsetType, segments),
      lengthsAt: place(FieldType.LONG, segments),
      directoryAt: index === 0 ? 0 : reserve(directoryBytes(flavor, reducedEntries(flavor, style, level))),
    };
  });
  const directoriesAt = place(flavor.directoryType, levels.length - 1);
  return { bytes, levels, directoriesAt };
}

function reducedEntries(flavor: Flavor, style: PageStyle, level: LevelLayout): number {
  const none = { offsets: [], lengths: [], subDirectories: [], resolutionAt: undefined, texts: [] };
  return pageEntries(flavor, style, level, none).length;
}

/** The next multiple of 8. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function at<T>(items: readonly T[], index: number): T {
  return items[index] as T;
}
