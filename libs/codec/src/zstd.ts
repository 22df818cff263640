import * as zlib from "node:zlib";
import { type Compressor, type Encoded, encoded } from "./compressor.ts";
import { onPool } from "./pool.ts";

/** The part of node:zlib that Node 22.15 brought; the types of Node 20 do not know it. */
interface ZstdOfNode {
  readonly zstdCompress: (
    bytes: Uint8Array,
    options: { params: Record<number, number>; chunkSize: number; pledgedSrcSize: number },
    done: (error: Error | null, result: Uint8Array) => void,
  ) => void;
  constants: { ZSTD_c_compressionLevel: number };
}

const native: ZstdOfNode | undefined = "zstdCompress" in zlib ? (zlib as unknown as ZstdOfNode) : undefined;

/** True where Node compresses with Zstandard (22.15 and later). */
export const zstdAvailable = native !== undefined;

/** Zstandard (RFC 8878), one frame with its content size per chunk; the level is fixed, 1 to 22. */
export class Zstd implements Compressor {
  readonly codec = "zstd";
  readonly reason: string;
  readonly #zstd: ZstdOfNode;
  readonly #level: number;

  /** Throws Error where {@link zstdAvailable} is false and RangeError for a level that Zstandard does not have. */
  constructor({ level = 1 }: { readonly level?: number | undefined } = {}) {
    if (!native) throw new Error(`Zstandard needs Node 22.15 or later, this is ${process.version}.`);
    if (!Number.isInteger(level) || level < 1 || level > 22) {
      throw new RangeError(`The zstd level must be an integer from 1 to 22, got ${level}.`);
    }
    this.#zstd = native;
    this.#level = level;
    this.reason = `Zstandard level ${level}: asked for`;
  }

  encode(bytes: Uint8Array): Promise<Encoded> {
    const { zstdCompress, constants } = this.#zstd;
    const options = {
      params: { [constants.ZSTD_c_compressionLevel]: this.#level },
      chunkSize: bytes.length + (bytes.length >> 8) + 256,
      pledgedSrcSize: bytes.length,
    };
    return onPool(
      () =>
        new Promise((resolve, reject) => {
          zstdCompress(bytes, options, (error, result) => {
            if (error) reject(error);
            else resolve(encoded(result, bytes.length));
          });
        }),
    );
  }
}
