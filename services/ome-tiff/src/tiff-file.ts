import { type ArtifactWriter, Code, SluiceError, type Stopwatch } from "@sluice/core";
import type { Encoding } from "@sluice/proto";
import { bigTiff, classicTiff, encodeHeader, FieldType, type Flavor, headerBytes } from "./directory.ts";
import type { PageStyle, TextField } from "./page.ts";
import { SegmentTable } from "./segment-table.ts";
import type { Segment } from "./segments.ts";
import { Tag } from "./tags.ts";
import { Trailer } from "./trailer.ts";

/** Texts of the first page. */
export interface PageTexts {
  /** OME-XML, piece by piece; written as UTF-8. */
  readonly description: Iterable<string>;
  readonly software: string;
  readonly time: Date;
  /** Private fields: bytes by tag. Longer than 8, so that they never fit into the directory. */
  readonly others: readonly { readonly tag: number; readonly bytes: Uint8Array }[];
}

const zeros = new Uint8Array(8);

/** Bytes that classic TIFF can address. A little is kept free for readers that count with signed ends. */
export const classicLimit = 2 ** 32 - 16;

/**
 * A TIFF that is written from front to back without knowing its number of pages: header area, segments, texts, then
 * directories; the header, rewritten at the end, says whether it is classic TIFF or BigTIFF.
 */
export class TiffFile {
  readonly #writer: ArtifactWriter;
  readonly #clock: Stopwatch;
  readonly #table: SegmentTable;
  readonly #flavor: Flavor | undefined;

  /** @param big true and false force a flavor; "auto" takes classic TIFF when the file fits */
  constructor(writer: ArtifactWriter, clock: Stopwatch, segmentsPerPlane: number, big: boolean | "auto") {
    this.#writer = writer;
    this.#clock = clock;
    this.#table = new SegmentTable(segmentsPerPlane);
    this.#flavor = big === "auto" ? undefined : big ? bigTiff : classicTiff;
  }

  /** Reserves the header. */
  async begin(): Promise<void> {
    await this.#append(new Uint8Array(headerBytes));
  }

  /** Appends a packed segment. */
  async append({ plane, index, bytes }: Segment): Promise<void> {
    this.#table.set(plane, index, await this.#append(bytes), bytes.length);
    if (this.#flavor === classicTiff && this.#writer.position > classicLimit) throw tooLarge(this.#writer.position);
  }

  /** Writes texts and directories, then the header, and closes the artifact. */
  async finish(style: PageStyle, planes: number, texts: PageTexts, encoding: Encoding): Promise<void> {
    const fields = [
      await this.#text(Tag.ImageDescription, texts.description),
      await this.#text(Tag.Software, [texts.software]),
      await this.#text(Tag.DateTime, [tiffTime(texts.time)]),
    ];
    for (const { tag, bytes } of texts.others) {
      fields.push({ tag, type: FieldType.UNDEFINED, offset: await this.#append(bytes), bytes: bytes.length });
    }
    const start = await this.#append(new Uint8Array(0), 8);
    const source = { style, planes, table: this.#table, texts: fields };
    const classic = new Trailer(classicTiff, source, start);
    if (this.#flavor === classicTiff && classic.end > classicLimit) throw tooLarge(classic.end);
    const flavor = this.#flavor ?? (classic.end <= classicLimit ? classicTiff : bigTiff);
    const trailer = flavor === classicTiff ? classic : new Trailer(bigTiff, source, start);
    for (const piece of trailer.pieces()) await this.#append(piece);
    await this.#writer.rewriteHead(encodeHeader(flavor, trailer.firstDirectory));
    const formatVersion = `OME-TIFF 2016-06, ${flavor.big ? "BigTIFF" : "classic TIFF"}`;
    await this.#writer.close({ formatVersion, encoding });
  }

  /** Appends bytes at an offset that is a multiple of `alignment` (2: TIFF's words) and gives that offset. */
  #append(bytes: Uint8Array, alignment = 2): Promise<number> {
    return this.#clock.time("write", async () => {
      const padding = -this.#writer.position & (alignment - 1);
      if (padding > 0) await this.#writer.write(zeros.subarray(0, padding));
      const offset = this.#writer.position;
      await this.#writer.write(bytes);
      return offset;
    });
  }

  /** Appends a text in UTF-8 with its closing NUL. */
  async #text(tag: number, pieces: Iterable<string>): Promise<TextField> {
    const offset = await this.#append(new Uint8Array(0));
    let gathered = "";
    for (const piece of pieces) {
      gathered += piece;
      if (gathered.length < 64 * 1024) continue;
      await this.#append(Buffer.from(gathered), 1);
      gathered = "";
    }
    await this.#append(Buffer.from(`${gathered}\0`), 1);
    return { tag, type: FieldType.ASCII, offset, bytes: this.#writer.position - offset };
  }
}

/** "YYYY:MM:DD HH:MM:SS" in UTC (TIFF 6.0, DateTime). */
function tiffTime(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll("-", ":").replace("T", " ");
}

/** The error of a file that classic TIFF cannot address. */
export function tooLarge(bytes: number): SluiceError {
  return new SluiceError({
    reason: "TIFF_TOO_LARGE",
    message: "The file is too large for classic TIFF.",
    field: "options.bigTiff",
    got: `${bytes} bytes with bigTiff false`,
    allowed: [`at most ${classicLimit} bytes`],
    remedy: "Leave bigTiff at auto, or compress.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}
