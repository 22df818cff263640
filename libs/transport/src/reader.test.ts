import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { pastDeadline } from "@sluice/core/testing";
import { ArraySpec, ExportResponse, type Frame, TableSpec } from "@sluice/proto";
import { ExportClient } from "./client.ts";
import { EncodedFrame } from "./encoded-frame.ts";
import { encodeFrame } from "./frame-codec.ts";
import { type ExportServerCall, type ReadOptions, readExport } from "./reader.ts";
import { replySender } from "./reply.ts";
import { sendExport } from "./send-export.ts";
import { type Loopback, loopback, outcomeOf } from "./testing/loopback.ts";
import { proxyOf } from "./testing/proxy.ts";
import { chunkOf, messagesOf, openOf, streamOf } from "./testing/streams.ts";

/** Reads a call to its end, then answers with a summary that counts its data frames. */
function counting(options: ReadOptions = {}) {
  return async (call: ExportServerCall): Promise<void> => {
    const { stream } = await readExport(call, options);
    let frames = 0;
    for await (const frame of stream.frames) frames += frame.content ? 1 : 0;
    await replySender(call)(summary(String(frames)));
    call.end();
  };
}

function summary(jobId: string): ExportResponse {
  return ExportResponse.create({ event: { $case: "summary", value: { jobId } } });
}

/** Sends these messages, half-closes, and tells how the call ended. */
async function send(link: Loopback, messages: readonly Buffer[]) {
  const call = link.client.export();
  const ended = outcomeOf(call);
  for (const message of messages) call.write(message);
  call.end();
  return ended;
}

test("a stream arrives as it was sent, and the answer comes back", async () => {
  const received: Frame[] = [];
  await using link = await loopback(async (call) => {
    const { open, stream } = await readExport(call);
    expect(stream.header).toEqual(streamOf(0, 1_000).header);
    for await (const frame of stream.frames) received.push(frame);
    await replySender(call)(summary(open.jobId));
    call.end();
  });
  const call = link.client.export();
  const ended = outcomeOf(call);
  expect(await sendExport(call, openOf("job"), streamOf(40, 1_000))).toBe(true);
  expect(await ended).toEqual({ responses: [summary("job")], problem: undefined });
  expect(received.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 3));
  expect(received[7]?.content?.value).toMatchObject({ arrayId: 1, offset: [7, 0], shape: [1, 1_000] });
});

test("a relay sends the bytes of frames on as they came", async () => {
  const arrived: Buffer[] = [];
  await using far = await loopback(async (call) => {
    const { stream } = await readExport(call, { lazy: true });
    for await (const frame of stream.frames) arrived.push((frame as EncodedFrame).encoded);
    call.end();
  });
  await using near = await loopback(async (call) => {
    const { open, stream } = await readExport(call, { lazy: true });
    const onward = far.client.export();
    const ended = outcomeOf(onward);
    await sendExport(onward, open, stream);
    expect(await ended).toMatchObject({ problem: undefined });
    call.end();
  });
  const messages = messagesOf(5);
  expect(await send(near, messages)).toMatchObject({ problem: undefined });
  expect(arrived.map((bytes) => bytes.equals(messages[arrived.indexOf(bytes) + 3]!))).toEqual(Array(5).fill(true));
});

test("`accepted` can be answered before the first frame has come", async () => {
  await using link = await loopback(async (call) => {
    const reply = replySender(call);
    const { stream } = await readExport(call, { onOpen: ({ jobId }) => reply(summary(jobId)) });
    for await (const _ of stream.frames);
    call.end();
  });
  const call = link.client.export();
  const [open, ...frames] = messagesOf(2);
  call.write(open!);
  const response = await new Promise((resolve) => call.once("data", resolve));
  expect(response).toEqual(summary(openOf().jobId));
  for (const frame of frames) call.write(frame);
  call.end();
  expect(await outcomeOf(call)).toMatchObject({ problem: undefined });
});

test("a reader that leaves early can still answer (a destroyed call would leave the client waiting)", async () => {
  await using link = await loopback(async (call) => {
    const { stream } = await readExport(call);
    for await (const _ of stream.frames) break;
    await replySender(call)(summary("enough"));
    call.end();
  });
  expect(await send(link, messagesOf(50))).toEqual({ responses: [summary("enough")], problem: undefined });
});

const [open, dataset, array, first, second, end] = messagesOf(2) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
const table = encodeFrame({ sequence: 0, content: { $case: "table", value: TableSpec.create({ tableId: 1 }) } }, 4);
const streamEnd = (sequence: number, frames: number, bytes: number) =>
  encodeFrame({ sequence: 0, content: { $case: "streamEnd", value: { frames, bytes, warnings: [] } } }, sequence);

test.each<[string, Buffer[], Partial<SluiceError["problem"]>]>([
  ["no message", [], { reason: "OPEN_MISSING", got: "an empty stream" }],
  ["no opening", [dataset, array], { reason: "OPEN_MISSING", got: "dataset" }],
  ["two openings", [open, dataset, open], { reason: "OPEN_REPEATED" }],
  ["no dataset", [open, encodeFrame(chunkOf(0, 8), 1)], { reason: "DATASET_MISSING", sequence: 1 }],
  ["an end without a dataset", [open, streamEnd(1, 0, 0)], { reason: "DATASET_MISSING" }],
  ["two datasets", [open, dataset, Buffer.from(dataset).fill(2, 3, 4)], { reason: "DATASET_REPEATED" }],
  ["a spec after data", [open, dataset, array, first, table], { reason: "SPEC_AFTER_DATA", sequence: 4 }],
  ["a missing frame", [open, dataset, array, second], { reason: "SEQUENCE_BROKEN", got: "4", allowed: ["3"] }],
  ["a frame sent twice", [open, dataset, array, first, first], { reason: "SEQUENCE_BROKEN", got: "3", allowed: ["4"] }],
  ["no end", [open, dataset, array, first, second], { reason: "STREAM_CUT", grpcCode: 15, sequence: 5 }],
  ["a header alone", [open, dataset], { reason: "STREAM_CUT", sequence: 2 }],
  ["an opening alone", [open], { reason: "STREAM_CUT", sequence: 1 }],
  ["too many frames in the end", [open, dataset, array, first, streamEnd(4, 4, 8)], { reason: "TOTALS_DIFFER" }],
  ["too few bytes in the end", [open, dataset, array, first, streamEnd(4, 3, 7)], { reason: "TOTALS_DIFFER" }],
  [
    "a frame after the end",
    [open, dataset, array, first, second, end, encodeFrame(chunkOf(2, 8), 6)],
    { reason: "FRAME_AFTER_END" },
  ],
  ["an opening after the end", [open, dataset, array, first, second, end, open], { reason: "OPEN_REPEATED" }],
  ["noise", [open, Buffer.from("noise")], { reason: "FRAME_MALFORMED", grpcCode: 3 }],
])("%s: refused with a reason, on both sides", async (_name, messages, expected) => {
  await using link = await loopback(counting());
  const { problem, responses } = await send(link, messages);
  expect(problem).toMatchObject(expected);
  expect(responses).toEqual([]);
  expect((await link.faults[0])?.problem).toEqual(problem);
});

test("a payload that changed on the way is found", async () => {
  const damaged = Buffer.from(second);
  damaged[damaged.length - 1]! ^= 0x80;
  await using link = await loopback(counting());
  expect((await send(link, [open, dataset, array, first, damaged, end])).problem).toMatchObject({
    reason: "CRC_MISMATCH",
    grpcCode: 15,
    sequence: 4,
  });
});

const wide = ArraySpec.create({ arrayId: 1, axes: Array.from({ length: 5 }, () => ({ name: "a", size: 1 })) });
test.each<[string, ReadOptions["limits"], Buffer[], string]>([
  ["payload", { bytes: 15 }, messagesOf(2), "16"],
  ["arrays", { arrays: 0 }, messagesOf(2), "1"],
  [
    "tables",
    { tables: 0 },
    [open, dataset, array, encodeFrame({ sequence: 0, content: { $case: "table", value: TableSpec.create() } }, 3)],
    "1",
  ],
  [
    "rank",
    { rank: 4 },
    [open, dataset, encodeFrame({ sequence: 0, content: { $case: "array", value: wide } }, 2)],
    "5",
  ],
  ["opening", { headerBytes: 20 }, messagesOf(2), String(open.length)],
  [
    "frames without data",
    { emptyFrames: 1 },
    [open, dataset, array, encodeFrame(chunkOf(0, 0), 3), encodeFrame(chunkOf(0, 0), 4)],
    "2",
  ],
])("limit on %s", async (_name, limits, messages, got) => {
  await using link = await loopback(counting({ limits }));
  const [name, value] = Object.entries(limits!)[0]!;
  expect((await send(link, messages)).problem).toMatchObject({
    reason: "LIMIT_EXCEEDED",
    grpcCode: 8,
    field: `limits.${name}`,
    got,
    allowed: [expect.stringContaining(`at most ${value} `)],
  });
});

test("a stream that stands still meets the time limit", async () => {
  await using link = await loopback(counting({ limits: { seconds: 0.05 } }));
  const call = link.client.export();
  call.write(open);
  call.write(dataset);
  expect((await outcomeOf(call)).problem).toMatchObject({ reason: "LIMIT_EXCEEDED", field: "limits.seconds" });
});

test("a client that does not half-close after the stream's end is served all the same", async () => {
  await using link = await loopback(counting());
  const call = link.client.export();
  for (const message of messagesOf(2)) call.write(message);
  expect(await outcomeOf(call)).toEqual({ responses: [summary("2")], problem: undefined });
});

/** Reads calls to their end; `begun` resolves with the first frame of data. */
async function watched(): Promise<{ link: Loopback; begun: Promise<void> }> {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const link = await loopback(async (call) => {
    const { stream } = await readExport(call);
    for await (const _ of stream.frames) begin();
    call.end();
  });
  return { link, begun };
}

test("a cancelled call looks like a clean end to grpc-js; the reader says what it is", async () => {
  const { link, begun } = await watched();
  await using _ = link;
  const call = link.client.export();
  const ended = outcomeOf(call);
  for (const message of messagesOf(2).slice(0, -1)) call.write(message);
  await begun;
  call.cancel();
  expect((await ended).problem).toMatchObject({ reason: "CANCELLED", grpcCode: 1 });
  expect((await link.faults[0])?.problem).toMatchObject({ reason: "CANCELLED", grpcCode: 1 });
});

test("so does one whose deadline passes", async () => {
  const problems = await pastDeadline(async (deadline) => {
    const { link, begun } = await watched();
    await using _ = link;
    const call = link.client.export({ deadline });
    const ended = outcomeOf(call);
    for (const message of messagesOf(2).slice(0, -1)) call.write(message);
    const isRead = await Promise.race([begun.then(() => true), ended.then(() => false)]);
    return isRead ? [(await ended).problem, (await link.faults[0])?.problem] : undefined;
  });
  expect(problems).toMatchObject([
    { reason: "DEADLINE_EXCEEDED", grpcCode: 4, retryable: true },
    { reason: "DEADLINE_EXCEEDED", grpcCode: 4 },
  ]);
});

test("a client that dies after some frames ends the read with an error", async () => {
  const { link, begun } = await watched();
  await using _ = link;
  await using proxy = await proxyOf(link.port);
  const client = new ExportClient({ address: proxy.address });
  const call = client.export();
  const ended = outcomeOf(call);
  for (const message of messagesOf(2).slice(0, -1)) call.write(message);
  await begun;
  proxy.cut();
  expect((await ended).problem).toMatchObject({ reason: "SERVICE_UNAVAILABLE", grpcCode: 14, retryable: true });
  expect((await link.faults[0])?.problem.reason).toBe("CANCELLED");
  client.close();
});

test("a message above the receive limit is refused with a remedy", async () => {
  await using link = await loopback(counting(), { maxMessageBytes: 100_000 });
  const call = link.client.export();
  const ended = outcomeOf(call);
  await sendExport(call, openOf(), streamOf(3, 100_000));
  expect((await ended).problem).toMatchObject({
    reason: "RESOURCE_EXHAUSTED",
    got: expect.stringMatching(/larger than max \(1000\d\d vs 100000\)/),
    remedy: expect.stringContaining("1 MiB"),
  });
});
