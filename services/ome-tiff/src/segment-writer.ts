import type { ArtifactWriter, Stopwatch } from "@sluice/core";

/** Writes of at least this size go out as they are; smaller ones are gathered. */
const directBytes = 256 * 1024;
const gatheredBytes = 1024 * 1024;

/** Appends pieces to an artifact at even offsets, as TIFF asks for, small ones gathered into few writes. */
export class SegmentWriter {
  readonly #writer: ArtifactWriter;
  readonly #clock: Stopwatch;
  readonly #gathered = new Uint8Array(gatheredBytes);
  #used = 0;

  constructor(writer: ArtifactWriter, clock: Stopwatch) {
    this.#writer = writer;
    this.#clock = clock;
  }

  /** Offset of the next piece. */
  get position(): number {
    return this.#writer.position + this.#used;
  }

  /** Appends a piece and gives the offset at which it stands. */
  async append(bytes: Uint8Array, alignment = 2): Promise<number> {
    const padding = -this.position & (alignment - 1);
    if (this.#used + padding + Math.min(bytes.length, directBytes) > gatheredBytes) await this.flush();
    this.#gathered.fill(0, this.#used, this.#used + padding);
    this.#used += padding;
    const offset = this.position;
    if (bytes.length >= directBytes) {
      await this.flush();
      await this.#write(bytes);
    } else {
      this.#gathered.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    return offset;
  }

  /** Hands everything gathered on. */
  async flush(): Promise<void> {
    if (this.#used === 0) return;
    const bytes = this.#gathered.subarray(0, this.#used);
    await this.#write(bytes);
    this.#used = 0;
  }

  #write(bytes: Uint8Array): Promise<void> {
    return this.#clock.time("write", () => this.#writer.write(bytes));
  }
}
