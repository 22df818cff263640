/** Bytes of the buffers that small writes are joined in. */
export const pieceBytes = 1024 * 1024;

// Below, a copy costs less than a place of its own among the pieces of a call.
const joinBelow = 64 * 1024;

/** Takes consecutive pieces for a place in the output; they do not change any more. */
export type SendPieces = (pieces: readonly Uint8Array[], offset: number) => Promise<void>;

/**
 * Gathers writes until a call pays: small ones are joined by copying, large ones are kept as they are. One call is on
 * its way while the next one fills; about twice `batchBytes` are held. Order is kept. A failure of `send` is thrown by a
 * later call, at the latest by the last.
 */
export class WriteBuffer {
  readonly #send: SendPieces;
  readonly #batchBytes: number;
  #batch: Uint8Array[] = [];
  #batched = 0;
  #sent = 0;
  /** Small writes: from `begin` to `end` they are not yet in the batch. */
  #piece = new Uint8Array(0);
  #begin = 0;
  #end = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(send: SendPieces, batchBytes: number) {
    this.#send = send;
    this.#batchBytes = batchBytes;
  }

  /** The whole output so far, while it is a single piece. It may be changed until the next call. */
  whole(): Uint8Array | undefined {
    return this.#sent === 0 && this.#batched === 0 ? this.#piece.subarray(0, this.#end) : undefined;
  }

  /** Takes bytes; the caller does not change them afterwards. */
  async append(bytes: Uint8Array): Promise<void> {
    const whole = this.whole();
    if (bytes.length < joinBelow || (whole && whole.length + bytes.length <= pieceBytes)) this.#join(bytes);
    else this.#add(bytes);
    if (this.#batched >= this.#batchBytes) await this.#sendBatch();
  }

  /** Resolves when all bytes are sent. */
  async flush(): Promise<void> {
    this.#addPiece();
    if (this.#batched > 0) await this.#sendBatch();
    await this.#sending;
  }

  /** Sends what is left and lets the memory go. */
  async end(): Promise<void> {
    await this.flush();
    this.#piece = new Uint8Array(0);
    this.#begin = 0;
    this.#end = 0;
  }

  /** Resolves when nothing is on its way any more, sent or failed. */
  async idle(): Promise<void> {
    await this.#sending.catch(() => {});
  }

  #join(bytes: Uint8Array): void {
    for (let taken = 0; taken < bytes.length; ) {
      if (this.#end === this.#piece.length) {
        this.#addPiece();
        this.#piece = new Uint8Array(pieceBytes);
        this.#begin = 0;
        this.#end = 0;
      }
      const part = bytes.subarray(taken, taken + this.#piece.length - this.#end);
      this.#piece.set(part, this.#end);
      this.#end += part.length;
      taken += part.length;
    }
  }

  #add(bytes: Uint8Array): void {
    this.#addPiece();
    this.#batch.push(bytes);
    this.#batched += bytes.length;
  }

  #addPiece(): void {
    if (this.#begin === this.#end) return;
    this.#batch.push(this.#piece.subarray(this.#begin, this.#end));
    this.#batched += this.#end - this.#begin;
    this.#begin = this.#end;
  }

  async #sendBatch(): Promise<void> {
    await this.#sending;
    this.#sending = this.#send(this.#batch, this.#sent);
    // A later call throws it; until then it is nobody's.
    this.#sending.catch(() => {});
    this.#sent += this.#batched;
    this.#batch = [];
    this.#batched = 0;
  }
}
