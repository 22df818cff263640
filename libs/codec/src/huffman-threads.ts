import pLimit from "p-limit";
import { type DeflatedPart, HuffmanThread, type PartPlace } from "./huffman-thread.ts";
import { mostThreads, Threads } from "./threads.ts";

/** Threads that deflate; what comes while all are busy waits for room. */
export class HuffmanThreads {
  readonly #threads: Threads<HuffmanThread>;
  readonly #room: ReturnType<typeof pLimit>;

  constructor(most = mostThreads, start = () => new HuffmanThread()) {
    this.#threads = new Threads(start, most);
    this.#room = pLimit(2 * most);
  }

  /** Deflates a part once a thread has room for it; `bytes` must stay unchanged until then. */
  deflate(bytes: Uint8Array, place: PartPlace): Promise<DeflatedPart> {
    return this.#room(() => this.#threads.idlest().deflate(bytes, place));
  }

  /** Adler-32 of a part; `bytes` must stay unchanged until a thread has room for it. */
  adler32(bytes: Uint8Array): Promise<number> {
    return this.#room(() => this.#threads.idlest().adler32(bytes));
  }
}
