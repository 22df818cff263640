import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { ExportResponse, type Frame } from "@sluice/proto";
import { BoundedWriter, maximumOutstanding } from "./bounded-writer.ts";
import { bufferedMessages } from "./message-buffer.ts";
import { type ExportServerCall, readExport } from "./reader.ts";
import { replySender } from "./reply.ts";
import { sendExport } from "./send-export.ts";
import { loopback, outcomeOf } from "./testing/loopback.ts";
import { chunkOf, openOf, streamOf } from "./testing/streams.ts";

const mebibyte = 1024 * 1024;

const summary = ExportResponse.create({ event: { $case: "summary", value: { jobId: "job" } } });

async function drain(call: ExportServerCall): Promise<void> {
  const { stream } = await readExport(call);
  for await (const _ of stream.frames);
  call.end();
}

test("a slow reader holds its sender up: a few chunks are under way, not sixteen on each side", async () => {
  let taken = 0;
  let consumed = 0;
  let ahead = 0;
  await using link = await loopback(async (call) => {
    const { stream } = await readExport(call);
    expect(call.readableHighWaterMark).toBe(bufferedMessages);
    for await (const _ of stream.frames) {
      await sleep(5);
      consumed += 1;
    }
    call.end();
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  const onFrame = () => {
    taken += 1;
    ahead = Math.max(ahead, taken - consumed);
  };
  await sendExport(call, openOf(), streamOf(60, mebibyte, onFrame));
  expect(await ended).toMatchObject({ problem: undefined });
  expect(consumed).toBe(60);
  // 4 outstanding writes, 4 in the reader's buffer, 1 in its hands; the rest is in sockets and windows.
  expect(ahead).toBeLessThanOrEqual(12);
});

test("a stream that stands still does not hold up another one on the same connection", async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await using link = await loopback(async (call) => {
    const { open, stream } = await readExport(call);
    for await (const _ of stream.frames) if (open.jobId === "slow") await released;
    call.end();
  });
  const [slow, fast] = [link.client.export(), link.client.export()];
  const slowEnd = outcomeOf(slow);
  const sending = sendExport(slow, openOf("slow"), streamOf(20, mebibyte));
  await sleep(50);
  const fastEnd = outcomeOf(fast);
  expect(await sendExport(fast, openOf("fast"), streamOf(20, mebibyte))).toBe(true);
  expect(await fastEnd).toMatchObject({ problem: undefined });
  release();
  expect(await sending).toBe(true);
  expect(await slowEnd).toMatchObject({ problem: undefined });
});

test("frames of a relay that left some out are numbered anew", async () => {
  const sequences: number[] = [];
  await using far = await loopback(async (call) => {
    const { stream } = await readExport(call);
    for await (const { sequence } of stream.frames) sequences.push(sequence);
    call.end();
  });
  await using near = await loopback(async (call) => {
    const { open, stream } = await readExport(call, { lazy: true });
    const onward = far.client.export();
    const ended = outcomeOf(onward);
    await sendExport(onward, open, { header: stream.header, frames: everyOther(stream.frames) });
    expect(await ended).toMatchObject({ problem: undefined });
    call.end();
  });
  const call = near.client.export();
  const ended = outcomeOf(call);
  await sendExport(call, openOf(), streamOf(6, 100));
  expect(await ended).toMatchObject({ problem: undefined });
  expect(sequences).toEqual([3, 4, 5]);
});

async function* everyOther(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of frames) if (frame.sequence % 2 === 1) yield frame;
}

test("a sender stops when its peer ends the call, although write callbacks never come", async () => {
  let taken = 0;
  await using link = await loopback(async (call) => {
    await readExport(call);
    throw new SluiceError({ reason: "DISK_FULL", message: "There is no room." });
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  const stream = streamOf(10_000, mebibyte, () => {
    taken += 1;
  });
  expect(await sendExport(call, openOf(), stream)).toBe(false);
  expect(taken).toBeLessThan(40);
  expect((await ended).problem).toMatchObject({ reason: "DISK_FULL" });
});

test("it stops even while its source has nothing to give, and closes the source", async () => {
  let closed = false;
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  async function* stuck(): AsyncGenerator<Frame> {
    try {
      yield chunkOf(0, 8);
      await asleep;
    } finally {
      closed = true;
    }
  }
  await using link = await loopback(async (call) => {
    await readExport(call);
    await replySender(call)(summary);
    call.end();
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  expect(await sendExport(call, openOf(), { header: streamOf(0, 8).header, frames: stuck() })).toBe(false);
  expect(await ended).toEqual({ responses: [summary], problem: undefined });
  wake();
  await sleep(0);
  expect(closed).toBe(true);
});

test("an error of the source cancels the call and comes out as it is", async () => {
  const broken = new Error("The recording cannot be read.");
  async function* frames(): AsyncGenerator<Frame> {
    yield chunkOf(0, 8);
    await started;
    throw broken;
  }
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  await using link = await loopback((call) => {
    start();
    return drain(call);
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  await expect(sendExport(call, openOf(), { header: streamOf(0, 8).header, frames: frames() })).rejects.toBe(broken);
  expect((await ended).problem).toMatchObject({ reason: "CANCELLED" });
  expect((await link.faults[0])?.problem).toMatchObject({ reason: "CANCELLED" });
});

test("nothing is sent on a call that is over", async () => {
  let taken = 0;
  await using link = await loopback(drain);
  const controller = new AbortController();
  const call = link.client.export({ signal: controller.signal });
  const ended = outcomeOf(call);
  controller.abort();
  await ended;
  const stream = streamOf(100, mebibyte, () => {
    taken += 1;
  });
  expect(await sendExport(call, openOf(), stream)).toBe(false);
  expect(taken).toBeLessThanOrEqual(1);
});

test("responses wait for their reader, and may reuse their bytes at once", async () => {
  let sent = 0;
  await using link = await loopback(async (call) => {
    const reply = replySender(call);
    const data = new Uint8Array(mebibyte);
    for (let index = 0; index < 60; index += 1) {
      data.fill(index);
      const value = { artifactId: 1, offset: index * mebibyte, crc32c: undefined, data };
      await reply({ branchId: "tiff", event: { $case: "artifactChunk", value } });
      sent += 1;
    }
    call.end();
  });
  const call = link.client.export();
  expect(call.readableHighWaterMark).toBe(bufferedMessages);
  const seen: number[] = [];
  let ahead = 0;
  for await (const response of call as AsyncIterable<ExportResponse>) {
    if (seen.length < 20) await sleep(5);
    const { data } = response.event!.value as { data: Uint8Array };
    expect(data.every((byte) => byte === seen.length)).toBe(true);
    ahead = Math.max(ahead, sent - seen.length);
    seen.push(data[0]!);
  }
  expect(seen).toEqual(Array.from({ length: 60 }, (_, index) => index));
  expect(ahead).toBeLessThanOrEqual(12);
});

test("a response to a caller that has gone is refused", async () => {
  let refusal: unknown;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  await using link = await loopback(async (call) => {
    const reply = replySender(call);
    begin();
    await new Promise((resolve) => call.once("cancelled", resolve));
    refusal = await reply(summary).catch((error: unknown) => error);
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  call.write(Buffer.alloc(1));
  await begun;
  call.cancel();
  await ended;
  await link.faults[0];
  expect((refusal as SluiceError).problem).toMatchObject({ reason: "CANCELLED" });
});

test("a writer waits at the fourth outstanding message and wakes at the end of the call", async () => {
  await using link = await loopback(async (call) => {
    await new Promise((resolve) => call.once("cancelled", resolve));
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  const writer = new BoundedWriter(call);
  const waits = Array.from({ length: maximumOutstanding }, () => writer.write(Buffer.alloc(2 * mebibyte)));
  expect(waits.map((wait) => wait !== undefined)).toEqual([false, false, false, true]);
  await sleep(20);
  call.cancel();
  await waits[maximumOutstanding - 1];
  expect(writer.closed).toBe(true);
  await ended;
});
