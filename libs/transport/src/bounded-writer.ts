import type { Writable } from "node:stream";

/** Messages handed to the transport whose bytes have not left: bounds memory at 4 chunks instead of 16 and more. */
export const maximumOutstanding = 4;

/**
 * Writes messages to a call and holds the writer up while {@link maximumOutstanding} are under way.
 *
 * A write's callback, and "drain", may never come once the peer has ended the call: the end of the call wakes as well.
 */
export class BoundedWriter {
  readonly #call: Writable;
  #outstanding = 0;
  #closed: boolean;
  #waiting: (() => void)[] = [];
  #onClose: (() => void) | undefined;
  readonly #onWritten = () => {
    this.#outstanding -= 1;
    if (this.#outstanding < maximumOutstanding) this.#wake();
  };

  /** @param hasEnded true when the call is over already: its events have come and will not come again */
  constructor(call: Writable, hasEnded = false) {
    this.#call = call;
    this.#closed = hasEnded;
    for (const event of ["error", "status", "cancelled", "close"]) call.on(event, () => this.close());
  }

  /** True once nothing more is written. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes a message; a promise when the next one must wait, which ends early when the call does. */
  write(message: Buffer): Promise<void> | undefined {
    if (this.#closed) return undefined;
    this.#outstanding += 1;
    this.#call.write(message, this.#onWritten);
    if (this.#outstanding < maximumOutstanding) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes nothing more: the call has ended, or its peer has all that it wants. */
  close(): void {
    this.#closed = true;
    this.#wake();
    this.#onClose?.();
  }

  /** Waits for `work`, one at a time, or for the call's end: undefined then. */
  unlessClosed<Result>(work: Promise<Result>): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.#onClose = () => resolve(undefined);
      work.then(resolve, reject);
      if (this.#closed) resolve(undefined);
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
