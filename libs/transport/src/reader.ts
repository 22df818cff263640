import { setTimeout as sleep } from "node:timers/promises";
import type * as grpc from "@grpc/grpc-js";
import { type DatasetHeader, type DatasetStream, SluiceError } from "@sluice/core";
import type { ArraySpec, DatasetSpec, ExportOpen, Frame, StreamEnd, TableSpec } from "@sluice/proto";
import { cancellation } from "./call-signal.ts";
import { EncodedFrame } from "./encoded-frame.ts";
import { decodeContent, decodeOpen, type FrameHead, peekRequest } from "./frame-decode.ts";
import { IncomingMessages } from "./incoming-messages.ts";
import { checkLimit, defaultLimits, limitExceeded, type StreamLimits } from "./stream-limits.ts";
import { StreamOrder } from "./stream-order.ts";

/** The server's end of an Export call: encoded requests in, encoded responses out. */
export type ExportServerCall = grpc.ServerDuplexStream<Buffer, Buffer>;

export interface ReadOptions {
  /** True: data frames are `EncodedFrame`s, for a relay. Default: they are decoded, and their CRC is checked. */
  readonly lazy?: boolean | undefined;
  /** Limits that differ from {@link defaultLimits}. */
  readonly limits?: Partial<StreamLimits> | undefined;
  /** Called with the opening message, before the header is read: the place to answer `accepted`. */
  readonly onOpen?: ((open: ExportOpen) => Promise<void> | void) | undefined;
}

/** An Export call whose opening message and header have been read. */
export interface IncomingExport {
  readonly open: ExportOpen;
  readonly stream: DatasetStream;
}

/** Milliseconds in which a cancel may follow an end that looks clean. */
const cancelGraceMs = 50;
const longestTimerMs = 2 ** 31 - 1;
/** Milliseconds that a client has after StreamEnd to half-close; later frames go unseen, the stream is whole anyway. */
const halfCloseGraceMs = 1_000;

/**
 * Reads the opening message and the header of an Export call; `stream.frames` then yields the data.
 *
 * Both throw SluiceErrors: STREAM_CUT when the call ends without a StreamEnd, however clean its end looks; CANCELLED or
 * DEADLINE_EXCEEDED when it was stopped; LIMIT_EXCEEDED, SEQUENCE_BROKEN, FRAME_MALFORMED, CRC_MISMATCH and others for
 * what is wrong with the stream. The call stays open for the answer, whatever happens.
 */
export async function readExport(call: ExportServerCall, options: ReadOptions = {}): Promise<IncomingExport> {
  const limits = { ...defaultLimits, ...options.limits };
  if (call.cancelled) throw cancellation(call);
  const messages = new IncomingMessages<Buffer>(call);
  const onLate = () => messages.fail(limitExceeded(limits, "seconds", limits.seconds));
  const timer = setTimeout(onLate, Math.min(limits.seconds * 1000, longestTimerMs)).unref();
  // Comes at the end of every call, however it ends.
  call.once("cancelled", () => clearTimeout(timer));

  const first = await messages.next();
  if (first === undefined) throw await endedEarly(call, openMissing("an empty stream"));
  const head = peekRequest(first);
  if (head.kind !== "open") throw openMissing(head.kind);
  const open = decodeOpen(first, head);
  await options.onOpen?.(open);
  const frames = readFrames(call, messages, new StreamOrder(limits, first.length));
  const { header, data } = await readHeader(frames, limits);
  return { open, stream: { header, frames: dataFrames(data, frames, options.lazy ?? false) } };
}

interface LocatedFrame {
  readonly bytes: Buffer;
  readonly head: FrameHead;
}

/** All frames but the StreamEnd, in order and within the limits. */
async function* readFrames(
  call: ExportServerCall,
  messages: IncomingMessages<Buffer>,
  order: StreamOrder,
): AsyncGenerator<LocatedFrame, undefined> {
  for (;;) {
    const bytes = await messages.next();
    if (bytes === undefined) throw await endedEarly(call, order.cut());
    const head = frameHead(bytes);
    order.accept(head);
    if (head.kind === "streamEnd") {
      order.acceptEnd(decodeContent(bytes, head).value as StreamEnd);
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

/** The error of a call that ended: `error`, unless the call was cancelled, which the transport tells a little later. */
async function endedEarly(call: ExportServerCall, error: SluiceError): Promise<SluiceError> {
  if (!call.cancelled) await sleep(cancelGraceMs);
  return call.cancelled ? cancellation(call) : error;
}

function openMissing(got: string): SluiceError {
  return new SluiceError({
    reason: "OPEN_MISSING",
    message: "The first message of a call must open the job.",
    field: "open",
    got,
    allowed: ["open"],
    remedy: "Send ExportRequest.open first.",
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
