import { defaultLookAhead } from "@sluice/codec";
import type { Appender } from "./appender.ts";
import type { FileTail } from "./file-tail.ts";

/** Bytes in flight at most, unless a single piece is larger. */
const maximumBytes = 64 * 1024 * 1024;

/** Something to append once it is ready. */
export interface Piece<Ready> {
  /** Bytes that it keeps in memory, for the bound. */
  readonly bytes: number;
  /** Starts the work on it. */
  readonly prepare: () => Promise<Ready> | Ready;
  /** Appends it; called in the order of the pieces. */
  readonly append: (ready: Ready, tail: Appender) => void;
}

/**
 * Appends pieces in the order in which they were given, however long the work on each takes, so that the file does not
 * depend on timing. A bounded number is in flight. After a failure nothing more is written, and everybody is told.
 */
export class WriteQueue {
  readonly #tail: FileTail;
  #inFlight = 0;
  #inFlightBytes = 0;
  #last: Promise<void> = Promise.resolve();
  #released: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;

  constructor(tail: FileTail) {
    this.#tail = tail;
  }

  /** Starts on a piece when there is room, then resolves. One caller at a time. */
  async add<Ready>(piece: Piece<Ready>): Promise<void> {
    await this.#room(piece.bytes);
    this.#inFlight += 1;
    this.#inFlightBytes += piece.bytes;
    const ready = Promise.resolve(piece.prepare());
    // Its turn comes later: until then a failure is nobody's.
    ready.catch(() => {});
    this.#last = this.#last.then(() => this.#turn(piece, ready));
  }

  /** Resolves when all pieces are appended. */
  async drain(): Promise<void> {
    await this.#last;
    this.#throwFailure();
  }

  async #turn<Ready>(piece: Piece<Ready>, ready: Promise<Ready>): Promise<void> {
    try {
      const result = await ready;
      if (!this.#failure) {
        piece.append(result, this.#tail);
        await this.#tail.flushIfMuch();
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#inFlight -= 1;
    this.#inFlightBytes -= piece.bytes;
    this.#released();
  }

  async #room(bytes: number): Promise<void> {
    this.#throwFailure();
    while (this.#inFlight > 0 && (this.#inFlight >= defaultLookAhead || this.#inFlightBytes + bytes > maximumBytes)) {
      await new Promise<void>((resolve) => {
        this.#released = resolve;
      });
      this.#throwFailure();
    }
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
