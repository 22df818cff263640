import { availableParallelism } from "node:os";

/** One thread per core; more than eight would outrun the thread that feeds them. */
export const mostThreads = Math.min(8, availableParallelism());

/** What tells which thread comes next. */
interface PooledThread {
  readonly underway: number;
  readonly alive: boolean;
}

/** Threads that start at need and live on. One that ended is replaced when the next is needed. */
export class Threads<Thread extends PooledThread> {
  #threads: Thread[] = [];
  readonly #start: () => Thread;
  readonly #most: number;

  constructor(start: () => Thread, most: number = mostThreads) {
    this.#start = start;
    this.#most = most;
  }

  /** The thread with the least to do; a new one while there may be more and none is idle. */
  idlest(): Thread {
    this.#threads = this.#threads.filter(({ alive }) => alive);
    const idlest = this.#threads.toSorted((one, other) => one.underway - other.underway)[0];
    if (idlest && (idlest.underway === 0 || this.#threads.length >= this.#most)) return idlest;
    const thread = this.#start();
    this.#threads.push(thread);
    return thread;
  }
}
