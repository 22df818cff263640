import type { Spool } from "./spool.ts";

const defaultGatherBytes = 64 * 1024;
const smallestBuffer = 1024;
const copiedBytes = 1024 * 1024;

/** A run of bytes in the spool. */
interface Run {
  readonly offset: number;
  length: number;
}

/**
 * One part of a file that waits in a spool among others until its place is known: appended piece by piece, read from
 * front to back. Memory: what it gathers, and two numbers for each run that other parts interrupt.
 */
export class SpooledPart {
  /** Bytes appended so far. */
  length = 0;
  readonly #spool: Spool;
  readonly #gatherBytes: number;
  readonly #runs: Run[] = [];
  #buffer = new Uint8Array(0);
  #filled = 0;

  /** @param gatherBytes small pieces are gathered to so many bytes; 0 for pieces that are large already */
  constructor(spool: Spool, gatherBytes = defaultGatherBytes) {
    this.#spool = spool;
    this.#gatherBytes = gatherBytes;
  }

  /** Takes the next bytes, which may change afterwards. Calls do not overlap. */
  async append(bytes: Uint8Array): Promise<void> {
    this.length += bytes.length;
    if (this.#filled + bytes.length > this.#gatherBytes) await this.#flush();
    if (bytes.length > this.#gatherBytes) await this.#put(bytes);
    else this.#hold(bytes);
  }

  /** All bytes in order, or those from `start` up to `end`; can be asked for again. */
  async *pieces(start = 0, end = this.length): AsyncGenerator<Uint8Array> {
    let before = 0;
    for (const { offset, length } of this.#runs) {
      for (let from = Math.max(start, before); from < Math.min(end, before + length); from += copiedBytes) {
        const size = Math.min(copiedBytes, Math.min(end, before + length) - from);
        yield await this.#spool.read(offset + from - before, size);
      }
      before += length;
    }
    if (end > before) yield this.#buffer.slice(Math.max(0, start - before), end - before);
  }

  #hold(bytes: Uint8Array): void {
    const needed = this.#filled + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#gatherBytes, Math.max(smallestBuffer, 2 * needed)));
      grown.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled = needed;
  }

  async #flush(): Promise<void> {
    if (this.#filled === 0) return;
    const block = this.#buffer.subarray(0, this.#filled);
    this.#buffer = new Uint8Array(0);
    this.#filled = 0;
    await this.#put(block);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    const offset = await this.#spool.append(bytes);
    const last = this.#runs.at(-1);
    if (last && last.offset + last.length === offset) last.length += bytes.length;
    else this.#runs.push({ offset, length: bytes.length });
  }
}
