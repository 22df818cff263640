import { firstFreeByte, huffmanCode } from "../gen/huffman.ts";
import { AnsweringThread } from "./answering-thread.ts";

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

const program = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { code, memory } = workerData;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  parentPort.on("message", ({ from, length, out, last, search }) => {
    const size = out === undefined ? 0 : exports.encode(from, length, out, last, search);
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
  /** True for repeats of all kinds, false for runs alone. */
  readonly search: boolean;
  /** True for the part that ends its stream. */
  readonly last: boolean;
  /** Bytes to leave free before and after the part. */
  readonly before: number;
  readonly after: number;
}

interface Result {
  readonly size: number;
  readonly adler: number;
}

/**
 * A thread that deflates parts by the encoder in `assembly/`, in the order given. Its memory is shared with it, so that each
 * part is copied in once and out once.
 */
export class HuffmanThread {
  readonly #memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  readonly #thread: AnsweringThread<Result>;
  readonly #free = Array.from({ length: slots }, (_, slot) => slot);

  constructor(code: Uint8Array = Buffer.from(huffmanCode, "base64")) {
    const workerData = { code, memory: this.#memory };
    this.#thread = new AnsweringThread(program, { name: "sluice-huffman", does: "compresses", workerData });
  }

  /** Parts underway: no more than two. */
  get underway(): number {
    return slots - this.#free.length;
  }

  /** False once the thread has ended; every part then fails. */
  get alive(): boolean {
    return this.#thread.alive;
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
  async #send(bytes: Uint8Array, place: PartPlace | undefined): Promise<DeflatedPart> {
    if (bytes.length > partBytes) throw new RangeError(`A part of ${bytes.length} bytes is too large.`);
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error("The thread has no room for another part.");
    try {
      const from = slotStart(slot);
      new Uint8Array(this.#memory.buffer, from, bytes.length).set(bytes);
      const out = place && from + partBytes;
      const { size, adler } = await this.#thread.ask({
        from,
        length: bytes.length,
        out,
        last: place?.last,
        search: place?.search,
      });
      const { before, after } = place ?? { before: 0, after: 0 };
      const part = Buffer.allocUnsafeSlow(before + size + after);
      part.set(new Uint8Array(this.#memory.buffer, from + partBytes, size), before);
      return { bytes: part, adler };
    } finally {
      this.#free.push(slot);
    }
  }
}

function slotStart(slot: number): number {
  return firstFreeByte + slot * (partBytes + resultBytes);
}
