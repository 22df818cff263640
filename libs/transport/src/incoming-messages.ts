import type { Readable } from "node:stream";

/**
 * Reads the messages of a call one by one.
 *
 * Not `for await`: that destroys a call when the loop is left, so that no status can be sent and the client hangs, and
 * it cannot be woken by a deadline. Here the call is never destroyed, and `fail` wakes a reader that waits.
 */
export class IncomingMessages<Message> {
  readonly #call: Readable;
  readonly #onChange = () => this.#wake?.();
  readonly #onError = (error: unknown) => this.fail(error);
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(call: Readable) {
    this.#call = call;
    call.on("readable", this.#onChange);
    call.on("end", this.#onChange);
    call.on("close", this.#onChange);
    call.on("error", this.#onError);
  }

  /** The next message, or undefined at the end. Throws what `fail` was given or the call emitted. */
  async next(): Promise<Message | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      const message = this.#call.read() as Message | null;
      if (message !== null) return message;
      if (this.#call.readableEnded || this.#call.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Makes this and every later `next` throw. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }
}
