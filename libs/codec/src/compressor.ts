/** The one shape of every codec that makes bytes smaller. */
export interface Compressor {
  /** Name of the codec as reports spell it: "deflate", "zstd". */
  readonly codec: string;
  /** How bytes are compressed now and why, for people; it may change while chunks pass. */
  readonly reason: string;
  /**
   * Compresses one chunk on the thread pool. Chunks may be given without waiting for the one before.
   * `bytes` are only read; they must stay unchanged until the promise is settled.
   */
  encode(bytes: Uint8Array): Promise<Encoded>;
}

/** A compressed chunk: complete and readable on its own. */
export interface Encoded {
  readonly bytes: Uint8Array;
  /** Bytes before compression. */
  readonly rawBytes: number;
  /** False where `bytes` are no fewer than `rawBytes`: a format that can should store the chunk as it came. */
  readonly shrinks: boolean;
}

/** The result for a chunk of `rawBytes` bytes. */
export function encoded(bytes: Uint8Array, rawBytes: number): Encoded {
  return { bytes, rawBytes, shrinks: bytes.length < rawBytes };
}
