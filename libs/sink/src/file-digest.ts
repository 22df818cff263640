import { DigestWorker } from "./digest-worker.ts";

// Small enough that a digest which is given up ends within some 20 ms, large enough that messages cost nothing.
const stepBytes = 32 * 1024 * 1024;

/**
 * SHA-256 of a file's bytes, computed on a worker thread that reads them back, out of the page cache as a rule. It may
 * follow the writer at a distance or begin when the file is complete. The file must stay open until `finish` is over.
 */
export class FileDigest {
  readonly #file: number;
  readonly #signal: AbortSignal;
  readonly #worker = DigestWorker.shared();
  readonly #id: number;
  #asked = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param file descriptor of the open file */
  constructor(file: number, signal: AbortSignal) {
    this.#file = file;
    this.#signal = signal;
    this.#id = this.#worker.begin();
  }

  /** Tells that the bytes before `size` are written for good. */
  follow(size: number): void {
    while (size - this.#asked >= stepBytes) this.#ask(this.#asked + stepBytes);
  }

  /** The digest of the first `size` bytes, 32 bytes long. */
  async finish(size: number): Promise<Uint8Array> {
    try {
      while (this.#asked < size) this.#ask(Math.min(this.#asked + stepBytes, size));
      await this.#last;
      return await this.#worker.digest(this.#id);
    } finally {
      this.#worker.end(this.#id);
    }
  }

  /** Gives the digest up, and whatever failed in it; the file may be closed once this has resolved. */
  async abandon(): Promise<void> {
    await this.#last.catch(() => {});
    this.#worker.end(this.#id);
  }

  #ask(end: number): void {
    const begin = this.#asked;
    this.#asked = end;
    this.#last = this.#last.then(() => {
      this.#signal.throwIfAborted();
      return this.#worker.update(this.#id, this.#file, begin, end);
    });
    // `finish` throws it; until then it is nobody's.
    this.#last.catch(() => {});
  }
}
