/** The promise, or the signal's reason if it aborts first. */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Items until the source ends or the signal aborts, even while the source has nothing to give; its reason is thrown. */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  let reading = false;
  try {
    for (;;) {
      reading = true;
      const next = await orAbort(source.next(), signal);
      reading = false;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const closing = Promise.resolve(source.return?.());
    // A source that is stuck closes once it wakes: its return queues behind `next`, and whoever asked has the reason.
    if (reading) closing.catch(() => {});
    else await closing;
  }
}
