import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import fc from "fast-check";
import { readExport } from "./reader.ts";
import { loopback, outcomeOf } from "./testing/loopback.ts";
import { messagesOf } from "./testing/streams.ts";

type Mutation = (messages: readonly Buffer[]) => Buffer[];

const valid = messagesOf(4);
const which = fc.nat(valid.length - 1);
const noise = fc.uint8Array({ maxLength: 40 });

function changed(index: number, change: (message: Buffer) => Buffer): Mutation {
  return (messages) => messages.map((message, at) => (at === index ? change(Buffer.from(message)) : message));
}

const setByte = fc.tuple(which, fc.nat(), fc.nat(255)).map(([index, at, value]) =>
  changed(index, (message) => {
    message[at % Math.max(1, message.length)] = value;
    return message;
  }),
);
const cutShort = fc
  .tuple(which, fc.nat(200))
  .map(([index, length]) => changed(index, (bytes) => bytes.subarray(0, length)));
const replaced = fc.tuple(which, noise).map(([index, bytes]) => changed(index, () => Buffer.from(bytes)));
const lengthened = fc
  .tuple(which, noise)
  .map(([index, bytes]) => changed(index, (message) => Buffer.concat([message, bytes])));
const dropped = which.map(
  (index): Mutation =>
    (messages) =>
      messages.toSpliced(index, 1),
);
const repeated = which.map(
  (index): Mutation =>
    (messages) =>
      messages.flatMap((message, at) => (at === index ? [message, message] : [message])),
);
const swapped = fc.tuple(which, which).map(
  ([one, two]): Mutation =>
    (messages) =>
      messages.map((message, at) => (at === one ? messages[two] : at === two ? messages[one] : message) ?? message),
);
const cutOff = which.map(
  (count): Mutation =>
    (messages) =>
      messages.slice(0, count),
);
const mutations = fc.array(
  fc.oneof({ arbitrary: setByte, weight: 6 }, cutShort, replaced, lengthened, dropped, repeated, swapped, cutOff),
  { minLength: 1, maxLength: 3 },
);

const callCount = 2_000;
const callsAtOnce = 100;

test("2,000 damaged streams: each is read or refused with a reason, and the server goes on", async () => {
  const thrown: unknown[] = [];
  await using link = await loopback(async (call) => {
    try {
      const { stream } = await readExport(call);
      for await (const _ of stream.frames);
      call.end();
    } catch (error) {
      thrown.push(error);
      throw error;
    }
  });
  const attempt = async (messages: readonly Buffer[]) => {
    const call = link.client.export();
    const ended = outcomeOf(call);
    for (const message of messages) call.write(message);
    call.end();
    return ended;
  };
  const reasons = new Map<string, number>();
  const samples = fc.sample(mutations, { numRuns: callCount, seed: 20 });
  for (let begin = 0; begin < callCount; begin += callsAtOnce) {
    const calls = samples
      .slice(begin, begin + callsAtOnce)
      .map((changes) => attempt(changes.reduce<Buffer[]>((messages, change) => change(messages), valid)));
    for (const { problem } of await Promise.all(calls)) {
      const reason = problem?.reason ?? "none";
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  // INTERNAL would be an error that nobody foresaw.
  expect(thrown.filter((error) => !(error instanceof SluiceError))).toEqual([]);
  expect([...reasons.keys()].toSorted()).toEqual([
    "CRC_MISMATCH",
    "FRAME_AFTER_END",
    "FRAME_MALFORMED",
    "OPEN_MISSING",
    "OPEN_REPEATED",
    "SEQUENCE_BROKEN",
    "STREAM_CUT",
    "TOTALS_DIFFER",
    "none",
  ]);
  expect(await attempt(valid)).toEqual({ responses: [], problem: undefined });
});
