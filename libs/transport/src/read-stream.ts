import { setTimeout as sleep } from "node:timers/promises";
import { type DatasetHeader, type DatasetStream, SluiceError } from "@sluice/core";
import type { ArraySpec, DatasetSpec, Frame, Problem, StreamEnd, TableSpec } from "@sluice/proto";
import { EncodedFrame } from "./encoded-frame.ts";
import { decodeContent, type FrameHead, peekRequest } from "./frame-decode.ts";
import type { IncomingMessages } from "./incoming-messages.ts";
import { checkLimit, type StreamLimits } from "./stream-limits.ts";
import { StreamOrder } from "./stream-order.ts";

/** Milliseconds that a peer has after StreamEnd to end its side; later frames go unseen, the stream is whole anyway. */
const halfCloseGraceMs = 1_000;

/** How the frames of a call are read. */
export interface StreamReading {
  readonly limits: StreamLimits;
  /** Length of the opening message, which counts as header. */
  readonly openBytes: number;
  /** True: data frames are `EncodedFrame`s, for a relay. Otherwise they are decoded, and their CRC is checked. */
  readonly lazy: boolean;
  /** The error of a call that ended in the middle: `error`, or a better one. */
  readonly endedEarly: (error: SluiceError) => Promise<SluiceError>;
}

/**
 * Reads the header of a stream whose messages hold frames in field 2, as those of all streaming calls do; `frames` of the
 * result then yields the data.
 */
export async function readStream(messages: IncomingMessages<Buffer>, reading: StreamReading): Promise<DatasetStream> {
  const warnings: Problem[] = [];
  const frames = readFrames(messages, reading, (end) => warnings.push(...end.warnings));
  const { header, data } = await readHeader(frames, reading.limits);
  return { header, frames: dataFrames(data, frames, reading.lazy), warnings: () => warnings };
}

interface LocatedFrame {
  readonly bytes: Buffer;
  readonly head: FrameHead;
}

/** All frames but the StreamEnd, in order and within the limits. */
async function* readFrames(
  messages: IncomingMessages<Buffer>,
  { limits, openBytes, endedEarly }: StreamReading,
  onEnd: (end: StreamEnd) => void,
): AsyncGenerator<LocatedFrame, undefined> {
  const order = new StreamOrder(limits, openBytes);
  for (;;) {
    const bytes = await messages.next();
    if (bytes === undefined) throw await endedEarly(order.cut());
    const head = frameHead(bytes);
    order.accept(head);
    if (head.kind === "streamEnd") {
      const end = decodeContent(bytes, head).value as StreamEnd;
      order.acceptEnd(end);
      onEnd(end);
      const extra = await Promise.race([messages.next(), sleep(halfCloseGraceMs, undefined, { ref: false })]);
      if (extra !== undefined) order.accept(frameHead(extra));
      return undefined;
    }
    yield { bytes, head };
  }
}

function frameHead(bytes: Buffer): FrameHead {
  const head = peekRequest(bytes);
  if (head.kind !== "open") return head;
  throw new SluiceError({
    reason: "OPEN_REPEATED",
    message: "A call opens one job; a second opening message came.",
    field: "open",
    remedy: "Make one call for each job.",
  });
}

/** Reads specs up to the first data frame, which comes back as `data`. */
async function readHeader(
  frames: AsyncIterator<LocatedFrame, undefined>,
  limits: StreamLimits,
): Promise<{ header: DatasetHeader; data: LocatedFrame | undefined }> {
  let dataset: DatasetSpec | undefined;
  const arrays: ArraySpec[] = [];
  const tables: TableSpec[] = [];
  for (;;) {
    const { value: frame } = await frames.next();
    const content = frame && isSpec(frame.head) ? decodeContent(frame.bytes, frame.head) : undefined;
    switch (content?.$case) {
      case "dataset":
        dataset = content.value;
        break;
      case "array":
        checkLimit(limits, "rank", content.value.axes.length);
        arrays.push(content.value);
        break;
      case "table":
        tables.push(content.value);
        break;
      default:
        // StreamOrder lets nothing pass before the dataset, not even the end.
        return { header: { dataset: dataset as DatasetSpec, arrays, tables }, data: frame };
    }
  }
}

function isSpec({ kind }: FrameHead): boolean {
  return kind === "dataset" || kind === "array" || kind === "table";
}

async function* dataFrames(
  first: LocatedFrame | undefined,
  rest: AsyncIterable<LocatedFrame>,
  lazy: boolean,
): AsyncGenerator<Frame> {
  const asFrame = ({ bytes, head }: LocatedFrame): Frame =>
    lazy ? new EncodedFrame(bytes, head) : { sequence: head.sequence, content: decodeContent(bytes, head) };
  if (first === undefined) return;
  yield asFrame(first);
  for await (const frame of rest) yield asFrame(frame);
}
