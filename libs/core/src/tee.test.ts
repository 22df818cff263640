import { expect, test } from "@jest/globals";
import type { Frame } from "@sluice/proto";
import { tee } from "./tee.ts";

const never = new AbortController().signal;

async function* numbered(count: number, onRead: (sequence: number) => void = () => undefined): AsyncGenerator<Frame> {
  for (let sequence = 1; sequence <= count; sequence++) {
    onRead(sequence);
    yield { sequence, content: undefined };
  }
}

async function drain(frames: AsyncIterable<Frame>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const frame of frames) sequences.push(frame.sequence);
  return sequences;
}

test("every outlet gets every frame in order", async () => {
  const outlets = tee(numbered(50), 3, never);
  const results = await Promise.all(outlets.map(drain));
  const all = Array.from({ length: 50 }, (_, index) => index + 1);
  expect(results).toEqual([all, all, all]);
});

test("the slowest outlet sets the pace: the source is never more than a queue ahead of it", async () => {
  let read = 0;
  const [fast, slow] = tee(
    numbered(40, (sequence) => {
      read = sequence;
    }),
    2,
    never,
  );
  const fastDone = drain(fast!);
  const ahead: number[] = [];
  for await (const frame of slow!) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    ahead.push(read - frame.sequence);
  }
  expect(await fastDone).toHaveLength(40);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(5);
  expect(slow!.stallSeconds).toBeGreaterThan(0);
});

test("an outlet that leaves holds nobody up", async () => {
  const [gone, stays] = tee(numbered(30), 2, never);
  gone!.leave();
  expect(await drain(stays!)).toHaveLength(30);
});

test("a reader that stops early still sees how the source ends", async () => {
  async function* cut(): AsyncGenerator<Frame> {
    yield* numbered(10);
    throw new Error("cut");
  }
  const [outlet] = tee(cut(), 1, never);
  for await (const frame of outlet!) if (frame.sequence === 2) break;
  await expect(outlet!.ended()).rejects.toThrow("cut");
});

test("the source is left when every outlet has left", async () => {
  let closed = false;
  async function* endless(): AsyncGenerator<Frame> {
    try {
      for (let sequence = 1; ; sequence++) {
        await Promise.resolve();
        yield { sequence, content: undefined };
      }
    } finally {
      closed = true;
    }
  }
  const outlets = tee(endless(), 2, never);
  for (const outlet of outlets) outlet.leave();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(closed).toBe(true);
});

test("an abort wakes outlets that wait for a source that hangs", async () => {
  const controller = new AbortController();
  async function* hanging(): AsyncGenerator<Frame> {
    yield { sequence: 1, content: undefined };
    await new Promise(() => undefined);
  }
  const [outlet] = tee(hanging(), 1, controller.signal);
  const draining = drain(outlet!);
  await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error("stop"));
  await expect(draining).rejects.toThrow("stop");
});
