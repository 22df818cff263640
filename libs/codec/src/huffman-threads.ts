import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { type DeflatedPart, HuffmanThread, type PartPlace } from "./huffman-thread.ts";

/** One thread per core; more than eight would outrun the thread that feeds them. */
const mostThreads = Math.min(8, availableParallelism());

/** Threads that start at need and live on. One that ended is replaced by the next part. */
export class HuffmanThreads {
  #threads: HuffmanThread[] = [];
  readonly #room: ReturnType<typeof pLimit>;
  readonly #most: number;
  readonly #start: () => HuffmanThread;

  constructor(most = mostThreads, start = () => new HuffmanThread()) {
    this.#most = most;
    this.#start = start;
    this.#room = pLimit(2 * most);
  }

  /** Deflates a part once a thread has room for it; `bytes` must stay unchanged until then. */
  deflate(bytes: Uint8Array, place: PartPlace): Promise<DeflatedPart> {
    return this.#room(() => this.#idlest().deflate(bytes, place));
  }

  /** Adler-32 of a part; `bytes` must stay unchanged until a thread has room for it. */
  adler32(bytes: Uint8Array): Promise<number> {
    return this.#room(() => this.#idlest().adler32(bytes));
  }

  #idlest(): HuffmanThread {
    this.#threads = this.#threads.filter(({ alive }) => alive);
    const idlest = this.#threads.toSorted((one, other) => one.underway - other.underway)[0];
    if (idlest && (idlest.underway === 0 || this.#threads.length >= this.#most)) return idlest;
    const thread = this.#start();
    this.#threads.push(thread);
    return thread;
  }
}
