import { Worker } from "node:worker_threads";
import { firstFreeByte, huffmanCode } from "../gen/huffman.ts";

/** What is used of WebAssembly; the types of Node 20 leave it to those of browsers. */
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
};

/** Most bytes that a thread deflates at once. */
export const partBytes = 1024 * 1024;
/** Room for the result of a part: 6 bytes more for each 32 KiB, 6 at the end, 8 that the encoder overwrites. */
const resultBytes = partBytes + 6 * (partBytes / (32 * 1024)) + 16;
/** A part is at work while the next is filled in or the last taken out. */
const slots = 2;
const pageBytes = 64 * 1024;
const pages = Math.ceil((firstFreeByte + slots * (partBytes + resultBytes)) / pageBytes);

// Text, not a module: a worker's file would have to be found from the sources, under jest and inside a bundle, and
// Node 20 cannot run it as TypeScript.
const program = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { code, memory } = workerData;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  parentPort.on("message", ({ from, length, out, last }) => {
    const size = out === undefined ? 0 : exports.encode(from, length, out, last);
    parentPort.postMessage({ size, adler: exports.adler32(from, length) >>> 0 });
  });
`;

/** A part of a deflate stream: whole bytes, after which the next part can follow. */
export interface DeflatedPart {
  /** The part with the room around it that was asked for, its bytes still to be written. */
  readonly bytes: Uint8Array;
  /** Adler-32 of the bytes that went in. */
  readonly adler: number;
}

/** How a part is to be deflated. */
export interface PartPlace {
  /** True for the part that ends its stream. */
  readonly last: boolean;
  /** Bytes to leave free before and after the part. */
  readonly before: number;
  readonly after: number;
}

interface Waiting {
  readonly slot: number;
  readonly place: PartPlace | undefined;
  readonly resolve: (part: DeflatedPart) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A thread that deflates parts by Huffman codes and runs, in the order given. Its memory is shared with it, so that each
 * part is copied in once and out once. It holds the process up only while there is something to do.
 */
export class HuffmanThread {
  readonly #memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  readonly #thread: Worker;
  readonly #free = Array.from({ length: slots }, (_, slot) => slot);
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor(code: Uint8Array = Buffer.from(huffmanCode, "base64")) {
    // The process' own loaders and options are of no use to the thread and would slow its start.
    const workerData = { code, memory: this.#memory };
    this.#thread = new Worker(program, { eval: true, name: "sluice-huffman", execArgv: [], env: {}, workerData });
    this.#thread.unref();
    this.#thread.on("message", (result: { size: number; adler: number }) => this.#take(result));
    this.#thread.on("error", (error) => this.#end(error));
    this.#thread.on("exit", () => this.#end(undefined));
  }

  /** Parts underway: no more than two. */
  get underway(): number {
    return this.#waiting.length;
  }

  /** False once the thread has ended; every part then fails. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Deflates at most {@link partBytes} bytes; they may change when this has returned. */
  deflate(bytes: Uint8Array, place: PartPlace): Promise<DeflatedPart> {
    return this.#send(bytes, place);
  }

  /** Adler-32 of at most {@link partBytes} bytes; they may change when this has returned. */
  async adler32(bytes: Uint8Array): Promise<number> {
    return (await this.#send(bytes, undefined)).adler;
  }

  /** @param place undefined where only the checksum is wanted */
  #send(bytes: Uint8Array, place: PartPlace | undefined): Promise<DeflatedPart> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (bytes.length > partBytes)
      return Promise.reject(new RangeError(`A part of ${bytes.length} bytes is too large.`));
    const slot = this.#free.pop();
    if (slot === undefined) return Promise.reject(new Error("The thread has no room for another part."));
    const from = slotStart(slot);
    new Uint8Array(this.#memory.buffer, from, bytes.length).set(bytes);
    this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ slot, place, resolve, reject });
      const out = place && from + partBytes;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#thread.postMessage({ from, length: bytes.length, out, last: place?.last });
    });
  }

  #take({ size, adler }: { readonly size: number; readonly adler: number }): void {
    const { slot, place, resolve } = this.#waiting.shift() as Waiting;
    const { before, after } = place ?? { before: 0, after: 0 };
    const bytes = Buffer.allocUnsafeSlow(before + size + after);
    bytes.set(new Uint8Array(this.#memory.buffer, slotStart(slot) + partBytes, size), before);
    this.#free.push(slot);
    if (this.#waiting.length === 0) this.#thread.unref();
    resolve({ bytes, adler });
  }

  #end(cause: unknown): void {
    this.#ended ??= new Error("The thread that compresses ended.", { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

function slotStart(slot: number): number {
  return firstFreeByte + slot * (partBytes + resultBytes);
}
