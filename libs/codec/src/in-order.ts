/**
 * Runs `work` on the items of `source` concurrently and yields the results in the order of the items.
 *
 * At most `lookAhead` items are held: those at work, those done that wait for their turn, and the one whose result the
 * consumer has in hand. No further item is asked for meanwhile, so a slow consumer slows the source. An error of the
 * source or of `work` is thrown at its place in the order. When the consumer stops, an error is thrown or `signal`
 * aborts, no further item is taken, work under way is awaited (it may still read its input) and the source is closed;
 * a source that is in the middle of a read is told to close and not waited for.
 */
export async function* inOrder<Item, Result>(
  source: AsyncIterable<Item> | Iterable<Item>,
  lookAhead: number,
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  if (!Number.isInteger(lookAhead) || lookAhead < 1) {
    throw new RangeError(`The look-ahead must be a positive integer, got ${lookAhead}.`);
  }
  const items = new Intake(source);
  const atWork = new Set<Promise<Result>>();
  let stopped = false;
  const start = async (): Promise<Outcome<Result>> => {
    const item = await items.next();
    if (item.done || stopped) return finished;
    const result = work(item.value);
    atWork.add(result);
    try {
      return { done: false, value: await result };
    } finally {
      atWork.delete(result);
    }
  };
  const interruption = new Interruption(signal);
  const pending: Promise<Outcome<Result>>[] = [];
  let failed = false;
  try {
    signal?.throwIfAborted();
    for (;;) {
      while (pending.length < lookAhead) pending.push(observed(start()));
      const head = await interruption.race(pending.shift() as Promise<Outcome<Result>>);
      if (head.done) return;
      yield head.value;
      signal?.throwIfAborted();
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    stopped = true;
    interruption.dispose();
    const closing = items.close();
    await Promise.allSettled([closing, ...atWork]);
    if (!failed) await closing;
  }
}

type Outcome<Value> = { readonly done: false; readonly value: Value } | { readonly done: true };
const finished = { done: true } as const;

/** The source, asked for one item at a time however many are wanted, and for none once closed. */
class Intake<Item> {
  readonly #iterator: AsyncIterator<Item> | Iterator<Item>;
  #turn: Promise<unknown> = Promise.resolve();
  #reading = false;
  #ended = false;

  constructor(source: AsyncIterable<Item> | Iterable<Item>) {
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  next(): Promise<Outcome<Item>> {
    const item = this.#turn.then(() => this.#read());
    this.#turn = item;
    return item;
  }

  async #read(): Promise<Outcome<Item>> {
    if (this.#ended) return finished;
    this.#reading = true;
    try {
      const item = await this.#iterator.next();
      if (!item.done) return { done: false, value: item.value };
      this.#ended = true;
      return finished;
    } catch (error) {
      this.#ended = true;
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /** Closes a source that has not ended. Waits for it unless it is stuck in a read that may never return. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = Promise.resolve(this.#iterator.return?.());
    if (this.#reading) closing.catch(() => {});
    else await closing;
  }
}

/** Turns an abort into the rejection of what is being waited for, with one listener for the whole run. */
class Interruption {
  readonly #signal: AbortSignal | undefined;
  #reject: (reason: unknown) => void = () => {};
  readonly #onAbort = () => this.#reject(this.#signal?.reason);

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
  }

  race<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }

  dispose(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

/** Marks a rejection as seen: it is thrown when its turn comes, or not at all once the run has stopped. */
function observed<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
