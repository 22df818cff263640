/** Seconds spent in one phase, from its first entry to its last exit. */
export interface Phase {
  readonly phase: string;
  readonly start: Date;
  readonly end: Date;
  readonly busySeconds: number;
}

/** Adds up the time that a branch spends in each of its phases ("receive", "encode", "write", "publish"). */
export class Stopwatch {
  readonly #phases = new Map<string, { start: number; end: number; busy: number }>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch, with fractions; by default steady, and true when the watch is made */
  constructor(now: () => number = steadyClock()) {
    this.#now = now;
  }

  /** Runs `work` and books its time on `phase`. Work that overlaps is booked once for each. */
  async time<T>(phase: string, work: () => Promise<T> | T): Promise<T> {
    const begin = this.#now();
    try {
      return await work();
    } finally {
      this.#book(phase, begin, this.#now());
    }
  }

  /** Phases in order of first entry. */
  phases(): Phase[] {
    return [...this.#phases].map(([phase, { start, end, busy }]) => ({
      phase,
      start: new Date(start),
      end: new Date(end),
      busySeconds: busy / 1000,
    }));
  }

  #book(phase: string, begin: number, end: number): void {
    const entry = this.#phases.get(phase);
    if (entry) {
      entry.end = end;
      entry.busy += end - begin;
    } else {
      this.#phases.set(phase, { start: begin, end, busy: end - begin });
    }
  }
}

function steadyClock(): () => number {
  const origin = Date.now() - performance.now();
  return () => origin + performance.now();
}
