import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { libraryProgram } from "./library-program.ts";

/** What a thread is asked: a call of the program and its arguments. */
export type LibraryRequest = Readonly<Record<string, unknown>> & { readonly call: string };

interface Reply {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
  /** Of no use from now on. */
  readonly broken?: boolean;
  /** Of no use for another file. */
  readonly spent?: boolean;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads kept for the next file: starting one takes some 0.2 s, loading h5wasm. */
const mostIdle = 2;

/** Heap of a thread: what is read leaves it at once, and the library's own memory is outside. */
const maxOldGenerationSizeMb = 512;

/**
 * A thread that runs h5wasm, which blocks. Each open file that needs it has one of its own, so that a slow or endless read holds up
 * no other, and can be ended with its thread. It holds the process up only while it is asked something.
 */
export class Library {
  static readonly #idle: Library[] = [];
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;
  #spent = false;
  #ended: unknown;

  /** A thread that no file uses. */
  static take(): Library {
    return Library.#idle.pop() ?? new Library();
  }

  private constructor() {
    this.#thread = new Worker(libraryProgram, {
      eval: true,
      name: "sluice-hdf5",
      // The process' own loaders and options are of no use to the thread and would slow its start.
      execArgv: [],
      env: {},
      workerData: { h5wasm: h5wasmUrl() },
      // Texts that a damaged file promises end the thread at most, not the process.
      resourceLimits: { maxOldGenerationSizeMb },
      // h5wasm prints HDF5's errors beside throwing them.
      stdout: true,
      stderr: true,
    });
    this.#thread.on("message", (reply: Reply) => this.#take(reply));
    this.#thread.on("error", (error) => this.end(error));
    this.#thread.on("exit", () => this.end(new Error("The thread that reads HDF5 files ended.")));
    // Last: a listener of messages makes the thread hold the process up.
    this.#thread.unref();
  }

  /** Runs a call of the program; what it throws rejects with HDF5's own message. */
  ask(request: LibraryRequest): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#thread.postMessage({ ...request, number });
    });
  }

  /** Gives the thread back once its file is closed; it is kept unless something failed. */
  release(): void {
    if (this.#ended !== undefined) return;
    if (!this.#spent && Library.#idle.length < mostIdle) Library.#idle.push(this);
    else this.end(new Error("The thread that reads HDF5 files was given back."));
  }

  /** Ends the thread at once, whatever it does; all that was asked of it rejects with `reason`. */
  end(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    const index = Library.#idle.indexOf(this);
    if (index >= 0) Library.#idle.splice(index, 1);
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    void this.#thread.terminate();
  }

  #take({ number, value, error, broken, spent = false }: Reply): void {
    this.#spent ||= spent;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (this.#waiting.size === 0) this.#thread.unref();
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
    if (broken) this.end(new Error(error));
  }
}

/** The module of h5wasm for Node: the thread has no path of its own to resolve it from, and `require` may not. */
function h5wasmUrl(): string {
  const { resolve } = createRequire(import.meta.url);
  for (const folder of resolve.paths("h5wasm") ?? []) {
    const description = join(folder, "h5wasm/package.json");
    if (!existsSync(description)) continue;
    const { exports } = JSON.parse(readFileSync(description, "utf8"));
    return pathToFileURL(join(folder, "h5wasm", exports["./node"].import)).href;
  }
  throw new Error("The package h5wasm is not installed.");
}
