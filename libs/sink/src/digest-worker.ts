import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { Code, SluiceError } from "@sluice/core";

// Text, not a module: a worker's file would have to be found from the sources, under jest and inside a bundle, and
// Node 20 cannot run it as TypeScript. File descriptors belong to the process, so the thread reads what it is given.
const program = `
  const { createHash } = require("node:crypto");
  const { readSync } = require("node:fs");
  const { parentPort } = require("node:worker_threads");
  const hashes = new Map();
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  const calls = {
    update({ id, file, begin, end }) {
      const hash = hashes.get(id) ?? createHash("sha256");
      hashes.set(id, hash);
      for (let offset = begin; offset < end; ) {
        const count = readSync(file, buffer, 0, Math.min(buffer.length, end - offset), offset);
        if (count === 0) throw Object.assign(new Error("file ends at " + offset), { code: "CUT", syscall: "read" });
        hash.update(buffer.subarray(0, count));
        offset += count;
      }
    },
    digest: ({ id }) => (hashes.get(id) ?? createHash("sha256")).digest(),
    end: ({ id }) => void hashes.delete(id),
  };
  parentPort.on("message", (request) => {
    try {
      parentPort.postMessage({ number: request.number, value: calls[request.call](request) });
    } catch (error) {
      parentPort.postMessage({ number: request.number, error: { message: error.message, code: error.code } });
    }
  });
`;

interface Reply {
  readonly number: number;
  readonly value?: Uint8Array;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Waiting {
  resolve(value: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/** A thread that computes digests of files, several in turn. Threads start at need, live on, and hold no process up. */
export class DigestWorker {
  static readonly #all: DigestWorker[] = [];
  static #lastId = 0;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #digests = new Set<number>();
  #lastNumber = 0;
  #ended: Error | undefined;

  /** The thread with the least to do; a new one while there are fewer than cores, and at most four. */
  static shared(): DigestWorker {
    const idlest = DigestWorker.#all.toSorted((one, other) => one.#digests.size - other.#digests.size)[0];
    const limit = Math.min(4, availableParallelism());
    if (idlest && (idlest.#digests.size === 0 || DigestWorker.#all.length >= limit)) return idlest;
    const worker = new DigestWorker();
    DigestWorker.#all.push(worker);
    return worker;
  }

  private constructor() {
    // The process' own loaders and options are of no use to the thread and would slow its start.
    this.#thread = new Worker(program, { eval: true, name: "sluice-digest", execArgv: [], env: {} });
    this.#thread.on("message", (reply: Reply) => this.#take(reply));
    this.#thread.on("error", (error) => this.#fail(error));
    this.#thread.on("exit", () => this.#fail(new Error("The digest thread ended.")));
    // Last: a listener of messages makes the thread hold the process up.
    this.#thread.unref();
  }

  /** Begins a digest; every digest must be ended. */
  begin(): number {
    DigestWorker.#lastId += 1;
    this.#digests.add(DigestWorker.#lastId);
    return DigestWorker.#lastId;
  }

  /** Takes in the bytes [begin, end) of an open file. */
  async update(id: number, file: number, begin: number, end: number): Promise<void> {
    await this.#ask({ call: "update", id, file, begin, end });
  }

  async digest(id: number): Promise<Uint8Array> {
    return new Uint8Array((await this.#ask({ call: "digest", id })) as Uint8Array);
  }

  end(id: number): void {
    if (this.#digests.delete(id)) this.#post({ call: "end", id, number: 0 });
  }

  #ask(request: Readonly<Record<string, unknown>>): Promise<Uint8Array | undefined> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#post({ ...request, number });
    });
  }

  #post(message: Readonly<Record<string, unknown>>): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    this.#thread.postMessage(message);
  }

  #take({ number, value, error }: Reply): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) this.#thread.unref();
    if (error) waiting?.reject(unreadable(error));
    else waiting?.resolve(value);
  }

  #fail(error: Error): void {
    this.#ended = error;
    const index = DigestWorker.#all.indexOf(this);
    if (index >= 0) DigestWorker.#all.splice(index, 1);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The bytes that a digest needs are not there any more. */
export function unreadable({ message, code }: { readonly message: string; readonly code?: string | undefined }) {
  return new SluiceError(
    {
      reason: "STORAGE_FAILED",
      message: "A file that was just written could not be read back for its digest.",
      got: code ?? "",
      remedy: "Check the drive before you export again.",
      grpcCode: Code.DATA_LOSS,
    },
    { cause: new Error(message) },
  );
}
