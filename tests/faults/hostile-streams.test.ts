import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { Code } from "@sluice/core";
import { pastDeadline } from "@sluice/core/testing";
import { type ArrayChunk, ExportState, type Frame } from "@sluice/proto";
import { ExportClient, encodeFrame } from "@sluice/transport";
import { eventually } from "../harness/eventually.ts";
import { filesOf } from "../harness/folder.ts";
import { movie } from "../harness/movies.ts";
import {
  type Answer,
  encodeCall,
  encodeFrames,
  framesOf,
  intoDirectory,
  openFor,
  readAnswer,
  sendMessages,
  streamEnd,
} from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { startChain } from "../harness/service.ts";

jest.setTimeout(60_000);
const scratch = useScratch();
const root = scratch.fresh("root");
const size = { frames: 6, height: 40, width: 50 };
const clients = new Map<string, ExportClient>();

beforeAll(async () => {
  const { gateway, omeTiff } = await startChain({ SLUICE_OUTPUT_ROOT: root });
  clients.set("a service", new ExportClient({ address: omeTiff.address }));
  clients.set("a gateway", new ExportClient({ address: gateway.address }));
});

afterAll(() => {
  for (const client of clients.values()) client.close();
});

/** What is wrong with a stream, and how it is told: by the status of the call, or by the report of the branch. */
interface Fault {
  readonly what: string;
  readonly spoil: (frames: Frame[]) => Frame[];
  readonly reason: string;
  readonly code: number;
}

/** Frames 0 and 1 are the header, 2 to 7 the chunks, 8 the end. */
const faults: Fault[] = [
  { what: "its end is missing", spoil: (frames) => frames.slice(0, -1), reason: "STREAM_CUT", code: Code.DATA_LOSS },
  {
    what: "it ends after its header",
    spoil: (frames) => frames.slice(0, 2),
    reason: "STREAM_CUT",
    code: Code.DATA_LOSS,
  },
  { what: "it holds nothing", spoil: () => [], reason: "STREAM_CUT", code: Code.DATA_LOSS },
  {
    what: "its end counts otherwise",
    spoil: (frames) => [...frames.slice(0, -1), streamEnd(frames.slice(0, -2))],
    reason: "TOTALS_DIFFER",
    code: Code.DATA_LOSS,
  },
  {
    what: "a CRC is wrong",
    spoil: (frames) => withChunk(frames, 4, (chunk) => ({ ...chunk, crc32c: 12345 })),
    reason: "CRC_MISMATCH",
    code: Code.DATA_LOSS,
  },
  {
    what: "a chunk lies outside of the array",
    spoil: (frames) => withChunk(frames, 7, (chunk) => ({ ...chunk, offset: [6, 0, 0] })),
    reason: "CHUNK_OUT_OF_RANGE",
    code: Code.OUT_OF_RANGE,
  },
  {
    what: "a chunk's offset is beyond all counting",
    spoil: (frames) => withChunk(frames, 4, (chunk) => ({ ...chunk, offset: [Number.MAX_SAFE_INTEGER, 0, 0] })),
    reason: "CHUNK_OUT_OF_RANGE",
    code: Code.OUT_OF_RANGE,
  },
  {
    what: "a chunk has half the bytes of its data type",
    spoil: (frames) => withChunk(frames, 4, (chunk) => ({ ...chunk, data: chunk.data.subarray(0, 2000) })),
    reason: "CHUNK_SIZE_MISMATCH",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "a chunk has another rank",
    spoil: (frames) => withChunk(frames, 4, (chunk) => ({ ...chunk, offset: [2, 0], shape: [1, 2000] })),
    reason: "CHUNK_RANK_MISMATCH",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "a chunk comes twice",
    spoil: (frames) => ended([...frames.slice(0, 5), ...frames.slice(4, -1)]),
    reason: "CHUNK_OVERLAP",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "chunks overlap",
    spoil: (frames) => withChunk(frames, 5, (chunk) => ({ ...chunk, offset: [2, 0, 0] })),
    reason: "CHUNK_OVERLAP",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "chunks go back",
    spoil: (frames) => ended([...frames.slice(0, 2), ...frames.slice(2, -1).toReversed()]),
    reason: "CHUNK_MISSING",
    code: Code.DATA_LOSS,
  },
  {
    what: "a chunk never comes",
    spoil: (frames) => ended([...frames.slice(0, 4), ...frames.slice(5, -1)]),
    reason: "CHUNK_MISSING",
    code: Code.DATA_LOSS,
  },
  {
    what: "a chunk is of an array that was not opened",
    spoil: (frames) => withChunk(frames, 4, (chunk) => ({ ...chunk, arrayId: 9 })),
    reason: "ARRAY_UNKNOWN",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "an array's data type is unknown",
    spoil: (frames) => withArray(frames, { dataType: "uint12" }),
    reason: "DATA_TYPE_UNKNOWN",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "an array is opened after the first data",
    spoil: (frames) => ended([...frames.slice(0, 3), another(frames[1]), ...frames.slice(3, -1)]),
    reason: "SPEC_AFTER_DATA",
    code: Code.INVALID_ARGUMENT,
  },
  {
    what: "there is no dataset",
    spoil: (frames) => ended(frames.slice(1, -1)),
    reason: "DATASET_MISSING",
    code: Code.INVALID_ARGUMENT,
  },
];

describe.each(["a service", "a gateway"])("%s refuses a stream, says why and leaves nothing when", (place) => {
  const send = (messages: Iterable<Buffer>): Promise<Answer> =>
    sendMessages(clients.get(place) as ExportClient, messages);
  const open = openFor({ kept: { delivery: intoDirectory("kept") }, sent: {} });

  test.each(faults)("$what: $reason", async ({ spoil, reason, code }) => {
    const answer = await send(encodeFrames(open, spoil(await framesOf(movie(size)))));
    await expectRefusal(answer, reason, code);
  });

  test("a frame is left out, or comes twice: SEQUENCE_BROKEN", async () => {
    const messages = await encodeCall(open, movie(size));
    await expectRefusal(await send(messages.toSpliced(5, 1)), "SEQUENCE_BROKEN", Code.DATA_LOSS);
    await expectRefusal(await send(messages.toSpliced(5, 0, messages[4] as Buffer)), "SEQUENCE_BROKEN", Code.DATA_LOSS);
  });

  test("more comes after the end: FRAME_AFTER_END", async () => {
    const messages = await encodeCall(open, movie(size));
    const more = encodeFrame((await framesOf(movie(size)))[2] as Frame, messages.length);
    await expectRefusal(await send([...messages, more]), "FRAME_AFTER_END", Code.INVALID_ARGUMENT);
  });

  test("a message is no message: FRAME_MALFORMED", async () => {
    const messages = await encodeCall(open, movie(size));
    const garbage = Buffer.from("ffffffffffffffffffffffff", "hex");
    await expectRefusal(await send(messages.with(5, garbage)), "FRAME_MALFORMED", Code.INVALID_ARGUMENT);
  });

  test("the client cancels", async () => {
    const controller = new AbortController();
    const call = (clients.get(place) as ExportClient).export({ signal: controller.signal });
    const answer = readAnswer(call);
    const messages = await encodeCall(open, movie(size));
    for (const message of messages.slice(0, -2)) call.write(message);
    await eventually("the service writes", () => filesOf(root).length > 0);
    controller.abort();
    expect((await answer).problem?.grpcCode).toBe(Code.CANCELLED);
    await eventually("nothing is left", () => filesOf(root).length === 0);
  });

  test("the deadline passes", async () => {
    const messages = await encodeCall(open, movie(size));
    const problem = await pastDeadline(async (deadline) => {
      const call = (clients.get(place) as ExportClient).export({ deadline });
      const answer = readAnswer(call);
      let over = false;
      void answer.finally(() => {
        over = true;
      });
      for (const message of messages.slice(0, -2)) call.write(message);
      await eventually("the service writes", () => over || filesOf(root).length > 0);
      return over ? undefined : (await answer).problem;
    });
    expect(problem?.grpcCode).toBe(Code.DEADLINE_EXCEEDED);
    await eventually("nothing is left", () => filesOf(root).length === 0);
  });

  test("and then takes a valid one", async () => {
    const answer = await send(await encodeCall(openFor({ tiff: {} }), movie(size)));
    expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    expect(answer.artifacts.size).toBe(1);
  });
});

async function expectRefusal(answer: Answer, reason: string, code: number): Promise<void> {
  const told = answer.problem ? [answer.problem] : answer.reports.map((report) => report.error);
  expect(told.map((problem) => [problem?.reason, problem?.grpcCode])).toEqual(told.map(() => [reason, code]));
  expect(told.length).toBeGreaterThan(0);
  if (answer.problem) expect(answer.detailed).toBe(true);
  else expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_FAILED);
  expect([...answer.artifacts.keys()]).toEqual([]);
  await eventually("nothing is left", () => filesOf(root).length === 0);
}

function withChunk(frames: readonly Frame[], index: number, change: (chunk: ArrayChunk) => ArrayChunk): Frame[] {
  const changed = frames.map((frame, place): Frame => {
    if (place !== index || frame.content?.$case !== "chunk") return frame;
    return { ...frame, content: { $case: "chunk", value: change(frame.content.value) } };
  });
  return ended(changed.slice(0, -1));
}

function withArray(frames: readonly Frame[], change: { readonly dataType: string }): Frame[] {
  return frames.map((frame): Frame => {
    if (frame.content?.$case !== "array") return frame;
    return { ...frame, content: { $case: "array", value: { ...frame.content.value, ...change } } };
  });
}

/** A second array of the same kind. */
function another(frame: Frame | undefined): Frame {
  if (frame?.content?.$case !== "array") throw new Error("no array");
  return { ...frame, content: { $case: "array", value: { ...frame.content.value, arrayId: 2, name: "another" } } };
}

function ended(frames: readonly Frame[]): Frame[] {
  return [...frames, streamEnd(frames)];
}
