import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { inOrder } from "./in-order.ts";

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i;
}

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

/** A promise with its ends outside. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("results come in the order of the items, whatever finishes first", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 30 }),
      fc.integer({ min: 1, max: 9 }),
      async (waits, lookAhead) => {
        const work = async (index: number) => {
          for (let turn = 0; turn < (waits[index] ?? 0); turn++) await delay(0);
          return index * 10;
        };
        const expected = waits.map((_, index) => index * 10);
        expect(await collect(inOrder(numbers(waits.length), lookAhead, work))).toEqual(expected);
        expect(await collect(inOrder(waits.keys(), lookAhead, work))).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});

test("work overlaps up to the look-ahead, and no item is taken beyond it", async () => {
  const lookAhead = 4;
  let [taken, yielded, atWork, mostAtWork, mostHeld] = [0, 0, 0, 0, 0];
  async function* source() {
    for (let i = 0; i < 40; i++) {
      taken += 1;
      mostHeld = Math.max(mostHeld, taken - yielded);
      yield i;
    }
  }
  const work = async (item: number) => {
    atWork += 1;
    mostAtWork = Math.max(mostAtWork, atWork);
    await delay(1);
    atWork -= 1;
    return item;
  };
  for await (const _ of inOrder(source(), lookAhead, work)) {
    await delay(1);
    yielded += 1;
  }
  expect(yielded).toBe(40);
  expect(mostAtWork).toBe(lookAhead);
  expect(mostHeld).toBe(lookAhead);
});

test("a result is not kept back until the look-ahead is full", async () => {
  const never = new Promise<never>(() => {});
  async function* live() {
    yield "first";
    await never;
  }
  const results = inOrder(live(), 8, async (item) => item.toUpperCase());
  expect(await results.next()).toEqual({ done: false, value: "FIRST" });
});

test("an error of the work comes at its place, after the results before it, and closes the source", async () => {
  let closed = false;
  async function* source() {
    try {
      yield* numbers(100);
    } finally {
      closed = true;
    }
  }
  const seen: number[] = [];
  const run = async () => {
    const work = async (item: number) => {
      if (item === 3) throw new Error("the third is bad");
      await delay(item === 0 ? 5 : 1);
      return item;
    };
    for await (const result of inOrder(source(), 6, work)) seen.push(result);
  };
  await expect(run()).rejects.toThrow("the third is bad");
  expect(seen).toEqual([0, 1, 2]);
  expect(closed).toBe(true);
});

test("work that throws before its first await fails like any other", async () => {
  const work = (): Promise<number> => {
    throw new Error("at once");
  };
  await expect(collect(inOrder([1, 2], 2, work))).rejects.toThrow("at once");
});

test("an error of the source comes after the results of the items before it", async () => {
  async function* source() {
    yield* numbers(5);
    throw new Error("the stream was cut");
  }
  const seen: number[] = [];
  const run = async () => {
    for await (const result of inOrder(source(), 3, async (item) => item)) seen.push(result);
  };
  await expect(run()).rejects.toThrow("the stream was cut");
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

test("a consumer that stops early closes the source and waits for the work under way", async () => {
  let [closed, finished, started] = [false, 0, 0];
  async function* source() {
    try {
      yield* numbers(100);
    } finally {
      closed = true;
    }
  }
  const work = async (item: number) => {
    started += 1;
    await delay(2);
    finished += 1;
    return item;
  };
  for await (const result of inOrder(source(), 5, work)) {
    if (result === 7) break;
  }
  expect(closed).toBe(true);
  expect(finished).toBe(started);
  expect(started).toBeLessThan(20);
});

test("a source that fails to close is heard, unless an earlier error is under way", async () => {
  async function* source() {
    try {
      yield* [1, 2, 3];
    } finally {
      await Promise.reject(new Error("the file could not be closed"));
    }
  }
  const stopEarly = async () => {
    const results = inOrder(source(), 1, async (item) => item);
    await results.next();
    await results.return();
  };
  await expect(stopEarly()).rejects.toThrow("the file could not be closed");
  const failing = inOrder(source(), 1, () => Promise.reject(new Error("bad item")));
  await expect(failing.next()).rejects.toThrow("bad item");
});

test("an abort is thrown with its reason even while the source hangs; work under way is awaited", async () => {
  const controller = new AbortController();
  const { opened, open } = gate();
  let [finished, returned] = [0, false];
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => {
      let count = 0;
      return {
        next: () => (count < 2 ? Promise.resolve({ done: false, value: count++ }) : new Promise(() => {})),
        return: () => {
          returned = true;
          return new Promise(() => {});
        },
      };
    },
  };
  const work = async (item: number) => {
    if (item === 1) await opened;
    finished += 1;
    return item;
  };
  const results = inOrder(source, 4, work, controller.signal);
  expect(await results.next()).toEqual({ done: false, value: 0 });
  const next = results.next();
  controller.abort(new Error("stopped by the operator"));
  setTimeout(open, 5);
  await expect(next).rejects.toThrow("stopped by the operator");
  expect(finished).toBe(2);
  expect(returned).toBe(true);
});

test("an item that arrives after the abort is not worked on", async () => {
  const controller = new AbortController();
  const { opened, open } = gate();
  const worked: number[] = [];
  async function* source() {
    yield 0;
    await opened;
    yield 1;
  }
  const results = inOrder(source(), 4, async (item) => worked.push(item), controller.signal);
  await results.next();
  const next = results.next();
  controller.abort();
  await expect(next).rejects.toHaveProperty("name", "AbortError");
  open();
  await delay(2);
  expect(worked).toEqual([0]);
});

test("a signal that was aborted before takes nothing from the source", async () => {
  let taken = 0;
  const source = {
    *[Symbol.iterator]() {
      taken += 1;
      yield 1;
    },
  };
  await expect(collect(inOrder(source, 2, async (item) => item, AbortSignal.abort()))).rejects.toHaveProperty(
    "name",
    "AbortError",
  );
  expect(taken).toBe(0);
});

test("a look-ahead that is not a positive integer is refused", async () => {
  await expect(collect(inOrder([1], 0, async (item) => item))).rejects.toThrow(RangeError);
  await expect(collect(inOrder([1], 1.5, async (item) => item))).rejects.toThrow(RangeError);
});
