import { basename } from "node:path";
import { Code, SluiceError } from "@sluice/core";
import { Library, type LibraryRequest } from "./library.ts";
import { OwnReading } from "./own-reading.ts";
import { StorageError } from "./structure/stored-file.ts";

/** Longest that HDF5 may take over one request: damaged heaps make it run in circles for ever. */
const defaultPatienceMs = 300_000;

/** How a file is read: by our own code where that is possible, or by the library alone. */
export interface SessionOptions {
  /** The one that reads, whatever is in the file: what our own code does not know is a StorageError then. */
  readonly only?: "own" | "library";
  /** Longest that the library may take over one request. */
  readonly patienceMs?: number;
}

/**
 * An open file. Our own code reads it (`OwnReading`) until it meets something that it does not know or that is damaged,
 * a StorageError: from then on the library (`Library`), in a thread of its own, answers everything, this question
 * included. Both give the same answers, and what is wrong with a file is told by the library.
 */
export class Session {
  /** Path of the file on this machine; errors name only its last part. */
  readonly source: string;
  readonly #signal: AbortSignal | undefined;
  readonly #patienceMs: number;
  readonly #ownAlone: boolean;
  /** Ends what waits for our own code when the signal does. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  readonly #abort = () => this.#end(this.#signal?.reason);
  #own: OwnReading | undefined;
  #library: Library | undefined;
  #file: Promise<bigint> | undefined;
  #bytes = 0;
  #closed = false;
  #handedOver: string | undefined;

  /**
   * @throws SluiceError HDF5_READ_FAILED, and the reason of `signal` when it is aborted
   */
  static async open(source: string, signal: AbortSignal | undefined, options: SessionOptions = {}): Promise<Session> {
    signal?.throwIfAborted();
    const session = new Session(source, signal, options);
    try {
      await (options.only === "library" ? session.#openLibrary() : session.#openOwn());
      return session;
    } catch (error) {
      await session.#leave();
      throw error;
    }
  }

  private constructor(source: string, signal: AbortSignal | undefined, options: SessionOptions) {
    this.source = source;
    this.#patienceMs = options.patienceMs ?? defaultPatienceMs;
    this.#ownAlone = options.only === "own";
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Base name of the file. */
  get name(): string {
    return basename(this.source);
  }

  /** Bytes of the file when it was opened. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The signal that ends all reading. */
  get signal(): AbortSignal | undefined {
    return this.#signal;
  }

  /** Why the library reads the file; undefined while our own code does. */
  get handedOver(): string | undefined {
    return this.#handedOver;
  }

  /**
   * Asks about an object. What the library throws becomes HDF5_READ_FAILED with the file's base name, the path of the
   * object and the innermost line of HDF5's error stack.
   */
  async ask(
    call: string,
    path: string,
    action: string,
    parts: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    this.#requireOpen(path, action);
    const own = this.#own;
    if (own) {
      try {
        return await this.#unlessAborted(own.answer(call, path, parts));
      } catch (error) {
        this.#handOver(error);
        this.#requireOpen(path, action);
      }
    }
    const file = await this.#openLibrary();
    return await this.#within({ call, file, path, ...parts }, path, action);
  }

  /** Closes the file; to close it again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#signal?.throwIfAborted();
      // Who asked knows by now when the library could not open the file.
      const file = await this.#file?.catch(() => undefined);
      if (file !== undefined) await this.#within({ call: "close", file }, "/", "close the file");
    } finally {
      await this.#leave();
    }
  }

  /** HDF5_READ_FAILED for an object of this file. */
  failed(path: string, action: string, got: string, cause?: unknown): SluiceError {
    return new SluiceError(
      {
        reason: "HDF5_READ_FAILED",
        message: `The HDF5 library could not ${action}.`,
        field: `${this.name}:${path}`,
        got,
        remedy: "The file is damaged, cut or no HDF5 file; take another copy of it.",
        grpcCode: Code.DATA_LOSS,
      },
      { cause },
    );
  }

  async #openOwn(): Promise<void> {
    const opening = OwnReading.open(this.source, this.#signal);
    try {
      this.#own = await this.#unlessAborted(opening);
      this.#bytes = this.#own.bytes;
    } catch (error) {
      // What is open in the end although nobody waits for it any more.
      void opening.then(
        (own) => own.close(),
        () => undefined,
      );
      this.#handOver(error);
      await this.#openLibrary();
    }
  }

  /** The one place where it is decided which of the two reads a file. Throws errors of other kinds. */
  #handOver(error: unknown): void {
    if (!(error instanceof StorageError) || this.#ownAlone) throw error;
    this.#handedOver ??= error.message;
  }

  #openLibrary(): Promise<bigint> {
    this.#file ??= this.#askToOpen();
    return this.#file;
  }

  async #askToOpen(): Promise<bigint> {
    const own = this.#own;
    this.#own = undefined;
    await own?.close();
    this.#signal?.throwIfAborted();
    this.#library = Library.take();
    const opened = await this.#within({ call: "open", path: this.source }, "/", "open the file");
    const { file, size } = opened as { file: bigint; size: number };
    this.#bytes = size;
    return file;
  }

  async #within(request: LibraryRequest, path: string, action: string): Promise<unknown> {
    const library = this.#library as Library;
    const late = new Error(`no answer within ${this.#patienceMs / 1000} s`);
    const timer = setTimeout(() => library.end(late), this.#patienceMs);
    timer.unref();
    try {
      return await library.ask(request);
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw this.failed(path, action, diagnosis(error), error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #unlessAborted<T>(work: Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (!signal) return await work;
    return await new Promise<T>((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }

  #requireOpen(path: string, action: string): void {
    this.#signal?.throwIfAborted();
    if (this.#closed) throw this.failed(path, action, "the file is closed");
  }

  #end(reason: unknown): void {
    this.#library?.end(reason);
    for (const reject of this.#waiting) reject(reason);
    void this.#own?.close();
  }

  async #leave(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#library?.release();
    await this.#own?.close();
  }
}

/** HDF5's stack prints its outermost call first; the innermost says what was wrong. Folders of this machine go. */
export function diagnosis(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [...message.matchAll(/#\d+: .*? line \d+ in \w+\(\): (.*)/g)].map((match) => match[1] as string);
  return (lines.at(-1) ?? message.split("\n")[0] ?? "").replace(/ name = '[^']*',/, "");
}
