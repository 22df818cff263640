import { AdaptiveDeflate, type Compressor, horizontalDifference, Zstd } from "@sluice/codec";
import type { Encoding } from "@sluice/proto";
import type { OmeTiffOptions } from "./options.ts";
import { type PixelType, SampleFormat } from "./pixel-type.ts";
import type { Segment } from "./segments.ts";
import { Compression, Predictor } from "./tags.ts";

/** Compression is worth its time to every reader when it saves at least this part of the first segment. */
const worthwhileSaving = 0.01;

/**
 * Packs the segments of one file, all of them alike: readers take the codec of the first page for all. The first
 * segment decides whether compression is worth while. `pack` is to be called in the order of the file.
 */
export class Packer {
  readonly #compressor: Compressor | undefined;
  readonly #pixel: PixelType;
  readonly #differences: boolean;
  /** Whether compression is useless; asked of the first segment. */
  #trial: Promise<boolean> | undefined;
  #useless = false;
  #rawBytes = 0;
  #storedBytes = 0;

  constructor(options: OmeTiffOptions, pixel: PixelType) {
    this.#pixel = pixel;
    this.#compressor = compressorOf(options);
    const integer = pixel.sampleFormat === SampleFormat.unsigned || pixel.sampleFormat === SampleFormat.signed;
    this.#differences = options.compression === "small" && integer;
  }

  /** Value of the Compression tag; final once the first segment is packed. */
  get compression(): number {
    if (!this.#compressor || this.#useless) return Compression.none;
    return this.#compressor.codec === "zstd" ? Compression.zstd : Compression.deflate;
  }

  /** Value of the Predictor tag. */
  get predictor(): number {
    return this.#differences && !this.#useless ? Predictor.horizontal : Predictor.none;
  }

  /** What was done so far, for the report. */
  get encoding(): Encoding {
    const counts = { rawBytes: this.#rawBytes, storedBytes: this.#storedBytes };
    if (!this.#compressor) return { codec: "none", reason: "asked for", ...counts };
    const { codec, reason } = this.#compressor;
    if (this.#useless) return { codec: "none", reason: `${codec} saves less than 1 % of the first strip`, ...counts };
    return { codec, reason: this.#differences ? `horizontal differences; ${reason}` : reason, ...counts };
  }

  /** The segment as it stands in the file. */
  async pack(segment: Segment): Promise<Segment> {
    const bytes = await this.#packed(segment);
    this.#rawBytes += segment.bytes.length;
    this.#storedBytes += bytes.length;
    return { ...segment, bytes };
  }

  async #packed(segment: Segment): Promise<Uint8Array> {
    const compressor = this.#compressor;
    if (!compressor) return segment.bytes;
    if (this.#trial) return (await this.#trial) ? segment.bytes : this.#compress(compressor, segment);
    const first = this.#compress(compressor, segment);
    this.#trial = this.#judge(first, segment.bytes.length);
    return (await this.#trial) ? segment.bytes : first;
  }

  async #judge(first: Promise<Uint8Array>, rawBytes: number): Promise<boolean> {
    this.#useless = (await first).length > rawBytes * (1 - worthwhileSaving);
    return this.#useless;
  }

  async #compress(compressor: Compressor, { bytes, width }: Segment): Promise<Uint8Array> {
    const layout = { bitsPerSample: this.#pixel.bits, samplesPerPixel: 1, pixelsPerRow: width };
    const input = this.#differences ? horizontalDifference(bytes, layout) : bytes;
    return (await compressor.encode(input)).bytes;
  }
}

function compressorOf({ compression, level }: OmeTiffOptions): Compressor | undefined {
  if (compression === "none") return undefined;
  return compression === "zstd" ? new Zstd({ level }) : new AdaptiveDeflate({ container: "zlib", level });
}
