import { Worker } from "node:worker_threads";

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that answers each message with one of its own, in order. It holds the process up only while one is due. */
export class AnsweringThread<Answer> {
  readonly #thread: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  readonly #does: string;
  #ended: Error | undefined;

  /**
   * @param program text, not a module: a worker's file would have to be found from the sources, under jest and inside a
   *   bundle, and Node 20 cannot run it as TypeScript
   * @param does what the thread does, as errors say it: "compresses"
   */
  constructor(program: string, { name, does, workerData }: { name: string; does: string; workerData?: unknown }) {
    this.#does = does;
    // The process' own loaders and options are of no use to the thread and would slow its start.
    this.#thread = new Worker(program, { eval: true, name, execArgv: [], env: {}, workerData });
    this.#thread.unref();
    this.#thread.on("message", (answer: Answer) => this.#take(answer));
    this.#thread.on("error", (error) => this.#end(error));
    this.#thread.on("exit", () => this.#end(undefined));
  }

  /** Messages that wait for their answer. */
  get underway(): number {
    return this.#waiting.length;
  }

  /** False once the thread has ended; every message then fails. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  ask(message: unknown): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#thread.postMessage(message);
    });
  }

  #take(answer: Answer): void {
    const { resolve } = this.#waiting.shift() as Waiting<Answer>;
    if (this.#waiting.length === 0) this.#thread.unref();
    resolve(answer);
  }

  #end(cause: unknown): void {
    this.#ended ??= new Error(`The thread that ${this.#does} ended.`, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
