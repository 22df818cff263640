import { basename } from "node:path";
import { Code, SluiceError } from "@sluice/core";
import { Library, type LibraryRequest } from "./library.ts";

/** Longest that HDF5 may take over one request: damaged heaps make it run in circles for ever. */
const defaultPatienceMs = 300_000;

/** An open file in a thread of its own. */
export class Session {
  /** Path of the file on this machine; errors name only its last part. */
  readonly source: string;
  readonly #library: Library;
  readonly #signal: AbortSignal | undefined;
  readonly #patienceMs: number;
  readonly #abort = () => this.#library.end(this.#signal?.reason);
  #bytes = 0;
  #file: bigint | undefined;

  /**
   * @throws SluiceError HDF5_READ_FAILED, and the reason of `signal` when it is aborted
   */
  static async open(source: string, signal: AbortSignal | undefined, patienceMs = defaultPatienceMs): Promise<Session> {
    signal?.throwIfAborted();
    const session = new Session(source, signal, patienceMs);
    try {
      const opened = await session.#within({ call: "open", path: source }, "/", "open the file");
      const { file, size } = opened as { file: bigint; size: number };
      session.#file = file;
      session.#bytes = size;
      return session;
    } catch (error) {
      session.#leave();
      throw error;
    }
  }

  private constructor(source: string, signal: AbortSignal | undefined, patienceMs: number) {
    this.source = source;
    this.#patienceMs = patienceMs;
    this.#library = Library.take();
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

  /**
   * Asks the library about an object; what it throws becomes HDF5_READ_FAILED with the file's base name, the path of
   * the object and the innermost line of HDF5's error stack.
   */
  async ask(
    call: string,
    path: string,
    action: string,
    parts: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    if (this.#file === undefined) throw this.failed(path, action, "the file is closed");
    return await this.#within({ call, file: this.#file, path, ...parts }, path, action);
  }

  /** Closes the file; to close it again does nothing. */
  async close(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    try {
      await this.#within({ call: "close", file }, "/", "close the file");
    } finally {
      this.#leave();
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

  async #within(request: LibraryRequest, path: string, action: string): Promise<unknown> {
    const late = new Error(`no answer within ${this.#patienceMs / 1000} s`);
    const timer = setTimeout(() => this.#library.end(late), this.#patienceMs);
    timer.unref();
    try {
      return await this.#library.ask(request);
    } catch (error) {
      this.#signal?.throwIfAborted();
      throw this.failed(path, action, diagnosis(error), error);
    } finally {
      clearTimeout(timer);
    }
  }

  #leave(): void {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#library.release();
  }
}

/** HDF5's stack prints its outermost call first; the innermost says what was wrong. Folders of this machine go. */
export function diagnosis(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = [...message.matchAll(/#\d+: .*? line \d+ in \w+\(\): (.*)/g)].map((match) => match[1] as string);
  return (lines.at(-1) ?? message.split("\n")[0] ?? "").replace(/ name = '[^']*',/, "");
}
