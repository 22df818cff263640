import type { Frame } from "@sluice/proto";

/** Frames that wait for one branch: a few MiB at most, so that the slowest branch sets the pace. */
const queueLength = 4;

/** One outlet of a tee: iterate it once. */
export interface Outlet extends AsyncIterable<Frame> {
  /** Waits for the end of the source; throws what the source threw, or the abort's reason. */
  ended(): Promise<void>;
  /** Seconds in which the source waited for this outlet. */
  readonly stallSeconds: number;
  /** Takes no more frames and holds nobody up. */
  leave(): void;
}

/**
 * Gives every frame of a source to several outlets. The source is read only as fast as the slowest outlet takes.
 *
 * An outlet whose reader stops early goes on swallowing frames, so that the end of the source is still seen. The source
 * is left early only when every outlet has left. When `signal` aborts, every outlet throws its reason.
 */
export function tee(source: AsyncIterable<Frame>, count: number, signal: AbortSignal): Outlet[] {
  const outlets = Array.from({ length: count }, () => new Queue());
  pump(source, outlets, signal).then(
    () => outlets.forEach((outlet) => outlet.end()),
    (error: unknown) => outlets.forEach((outlet) => outlet.fail(error)),
  );
  return outlets;
}

async function pump(source: AsyncIterable<Frame>, outlets: readonly Queue[], signal: AbortSignal): Promise<void> {
  const onAbort = () => outlets.forEach((outlet) => outlet.fail(signal.reason));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const frame of source) {
      for (const outlet of outlets) {
        const room = outlet.offer(frame);
        if (room) await room;
      }
      signal.throwIfAborted();
      if (outlets.every((outlet) => outlet.hasLeft)) return;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

type State = "open" | "swallowing" | "ended" | "failed" | "left";

class Queue implements Outlet {
  stallSeconds = 0;
  readonly #frames: Frame[] = [];
  #state: State = "open";
  #error: unknown;
  #wakeReader: (() => void) | undefined;
  #wakePump: (() => void) | undefined;

  get hasLeft(): boolean {
    return this.#state === "left";
  }

  /** Takes a frame; a promise when the next one must wait for room. */
  offer(frame: Frame): Promise<void> | undefined {
    if (this.#state !== "open") return undefined;
    this.#frames.push(frame);
    this.#wakeReader?.();
    if (this.#frames.length < queueLength) return undefined;
    const begin = performance.now();
    return new Promise((resolve) => {
      this.#wakePump = () => {
        this.#wakePump = undefined;
        this.stallSeconds += (performance.now() - begin) / 1000;
        resolve();
      };
    });
  }

  end(): void {
    this.#close("ended");
  }

  fail(error: unknown): void {
    if (this.#state === "ended") return;
    this.#error = error;
    this.#frames.length = 0;
    this.#close("failed");
  }

  leave(): void {
    this.#frames.length = 0;
    this.#close("left");
  }

  async ended(): Promise<void> {
    while (this.#state === "open" || this.#state === "swallowing") await this.#change();
    if (this.#state === "failed") throw this.#error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    try {
      for (;;) {
        const frame = this.#frames.shift();
        if (frame) {
          this.#wakePump?.();
          yield frame;
        } else if (this.#state === "failed") {
          throw this.#error;
        } else if (this.#state !== "open") {
          return;
        } else {
          await this.#change();
        }
      }
    } finally {
      if (this.#state === "open") this.#close("swallowing");
      this.#frames.length = 0;
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = resolve;
    });
  }

  #close(state: State): void {
    if (this.#state !== "failed" && this.#state !== "left") this.#state = state;
    this.#wakeReader?.();
    this.#wakePump?.();
  }
}
