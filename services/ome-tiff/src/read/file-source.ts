import type { FileHandle } from "node:fs/promises";
import { openSource } from "@sluice/source";
import { truncated } from "./tiff-error.ts";

/** Directories stand close together: small reads take this much at a time. */
const blockBytes = 16 * 1024;

/** A slice of a file as geotiff asks for it. */
interface Slice {
  readonly offset: number;
  readonly length: number;
}

/**
 * A TIFF file, read at any place. Unlike geotiff's own source it never makes up bytes: behind the end of the file there
 * are none.
 */
export class FileSource {
  readonly size: number;
  readonly #file: FileHandle;
  #block: { readonly start: number; readonly bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) };

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(path: string): Promise<FileSource> {
    const file = await openSource(path);
    return new FileSource(file, (await file.stat()).size);
  }

  /**
   * All bytes of a range.
   *
   * @param what the range holds, for the error TIFF_TRUNCATED
   */
  async read(offset: number, length: number, what: string): Promise<Uint8Array> {
    if (offset + length > this.size) throw truncated(what, offset, length, this.size);
    const bytes = await this.#upTo(offset, length);
    if (bytes.length < length) throw truncated(what, offset, length, offset + bytes.length);
    return bytes;
  }

  /** For geotiff, which asks for more than there may be. */
  fetch(slices: readonly Slice[]): Promise<ArrayBuffer[]> {
    return Promise.all(slices.map(async ({ offset, length }) => (await this.#upTo(offset, length)).slice().buffer));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The bytes of a range that exist. */
  async #upTo(offset: number, length: number): Promise<Uint8Array> {
    if (length > blockBytes / 4) return this.#readFile(offset, length);
    let block = this.#block;
    if (offset < block.start || offset + length > block.start + block.bytes.length) {
      block = { start: offset, bytes: await this.#readFile(offset, blockBytes) };
      this.#block = block;
    }
    return block.bytes.subarray(offset - block.start, offset - block.start + length);
  }

  async #readFile(offset: number, length: number): Promise<Uint8Array> {
    const available = Math.max(0, Math.min(length, this.size - offset));
    const bytes = new Uint8Array(available);
    let filled = 0;
    while (filled < available) {
      const { bytesRead } = await this.#file.read(bytes, filled, available - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }
}
