import type { ArtifactWriter } from "@sluice/core";
import { npyHeader } from "./write-header.ts";

/**
 * An .npy file whose length is known when all of it has been written: its head has room for any length and is rewritten
 * at the end.
 */
export class NpyWriter {
  readonly #writer: ArtifactWriter;
  readonly #descr: string;
  readonly #rest: readonly number[];

  private constructor(writer: ArtifactWriter, descr: string, rest: readonly number[]) {
    this.#writer = writer;
    this.#descr = descr;
    this.#rest = rest;
  }

  /**
   * Reserves the head.
   *
   * @param writer of a new artifact
   * @param descr NumPy's name of the data type
   * @param rest lengths of all axes but the first
   */
  static async begin(writer: ArtifactWriter, descr: string, rest: readonly number[] = []): Promise<NpyWriter> {
    const file = new NpyWriter(writer, descr, rest);
    await writer.write(file.#head(0));
    return file;
  }

  /** Appends elements, little endian and in C order; the bytes do not change afterwards. */
  append(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes);
  }

  /** Completes the file. @param length of axis 0 */
  async end(length: number): Promise<void> {
    await this.#writer.rewriteHead(this.#head(length));
    await this.#writer.close({ formatVersion: "NPY 1.0" });
  }

  #head(length: number): Uint8Array {
    return npyHeader(this.#descr, [length, ...this.#rest], Number.MAX_SAFE_INTEGER);
  }
}

/** A whole .npy file in memory. @param data little endian, C order */
export function npyBytes(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const head = npyHeader(descr, shape);
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
}
