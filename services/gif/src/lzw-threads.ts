import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { encodeLzw, lzwBound, lzwTableLength } from "./lzw.ts";

/** One thread per core; more than eight would outrun the thread that feeds them. */
export const mostThreads = Math.min(8, availableParallelism());

// Text, not a module: a worker's file would have to be found from the sources, under jest and inside a bundle, and
// Node 20 cannot run it as TypeScript.
const program = `
  const { parentPort } = require("node:worker_threads");
  const encode = ${encodeLzw.toString()};
  const bound = ${lzwBound.toString()};
  const table = new Uint32Array(${lzwTableLength});
  let out = new Uint8Array(0);
  parentPort.on("message", (pixels) => {
    if (out.length < bound(pixels.length)) out = new Uint8Array(bound(pixels.length));
    const bytes = out.slice(0, encode(pixels, table, out));
    parentPort.postMessage(bytes, [bytes.buffer]);
  });
`;

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that encodes frames in the order given. It holds the process up only while there is something to do. */
class LzwThread {
  readonly #thread = new Worker(program, { eval: true, name: "sluice-lzw", execArgv: [], env: {} });
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor() {
    this.#thread.unref();
    this.#thread.on("message", (bytes: Uint8Array) => {
      const { resolve } = this.#waiting.shift() as Waiting;
      if (this.#waiting.length === 0) this.#thread.unref();
      resolve(bytes);
    });
    this.#thread.on("error", (error) => this.#end(error));
    this.#thread.on("exit", () => this.#end(undefined));
  }

  get underway(): number {
    return this.#waiting.length;
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  encode(pixels: Uint8Array): Promise<Uint8Array> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#thread.postMessage(pixels);
    });
  }

  #end(cause: unknown): void {
    this.#ended ??= new Error("The thread that encodes frames ended.", { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

let threads: LzwThread[] = [];

/**
 * Encodes the pixels of a frame by {@link encodeLzw} on a thread. Threads start at need, are shared by all exports of
 * the process, and live on.
 *
 * @param pixels all of their buffer; read where they lie when that is shared memory, so that they stay as they are until
 *   the call resolves, and copied otherwise
 */
export function encodeOnThread(pixels: Uint8Array): Promise<Uint8Array> {
  return idlest().encode(pixels);
}

function idlest(): LzwThread {
  threads = threads.filter(({ alive }) => alive);
  const found = threads.toSorted((one, other) => one.underway - other.underway)[0];
  if (found && (found.underway === 0 || threads.length >= mostThreads)) return found;
  const thread = new LzwThread();
  threads.push(thread);
  return thread;
}
