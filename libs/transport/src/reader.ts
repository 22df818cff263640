import { setTimeout as sleep } from "node:timers/promises";
import type * as grpc from "@grpc/grpc-js";
import { type DatasetStream, SluiceError } from "@sluice/core";
import type { AnalyzeOpen, ExportOpen } from "@sluice/proto";
import { cancellation } from "./call-signal.ts";
import { decodeAnalyzeOpen, decodeOpen, type OpenHead, peekRequest } from "./frame-decode.ts";
import { IncomingMessages } from "./incoming-messages.ts";
import { readStream } from "./read-stream.ts";
import { defaultLimits, limitExceeded, type StreamLimits } from "./stream-limits.ts";

/** The server's end of a streaming call: encoded requests in, encoded responses out. */
export type StreamServerCall = grpc.ServerDuplexStream<Buffer, Buffer>;

/** The server's end of an Export call. */
export type ExportServerCall = StreamServerCall;

export interface ReadOptions<Open = ExportOpen> {
  /** True: data frames are `EncodedFrame`s, for a relay. Default: they are decoded, and their CRC is checked. */
  readonly lazy?: boolean | undefined;
  /** Limits that differ from {@link defaultLimits}. */
  readonly limits?: Partial<StreamLimits> | undefined;
  /** Called with the opening message, before the header is read: the place to answer `accepted`. */
  readonly onOpen?: ((open: Open) => Promise<void> | void) | undefined;
}

/** A streaming call whose opening message and header have been read. */
export interface Incoming<Open> {
  readonly open: Open;
  readonly stream: DatasetStream;
}

export type IncomingExport = Incoming<ExportOpen>;

/** Milliseconds in which a cancel may follow an end that looks clean. */
const cancelGraceMs = 50;
const longestTimerMs = 2 ** 31 - 1;

/**
 * Reads the opening message and the header of an Export call; `stream.frames` then yields the data.
 *
 * Both throw SluiceErrors: STREAM_CUT when the call ends without a StreamEnd, however clean its end looks; CANCELLED or
 * DEADLINE_EXCEEDED when it was stopped; LIMIT_EXCEEDED, SEQUENCE_BROKEN, FRAME_MALFORMED, CRC_MISMATCH and others for
 * what is wrong with the stream. The call stays open for the answer, whatever happens.
 */
export function readExport(call: ExportServerCall, options: ReadOptions = {}): Promise<IncomingExport> {
  return readCall(call, decodeOpen, options);
}

/** Reads the opening message and the header of an Analyze call, as {@link readExport} does. */
export function readAnalyze(
  call: StreamServerCall,
  options: ReadOptions<AnalyzeOpen> = {},
): Promise<Incoming<AnalyzeOpen>> {
  return readCall(call, decodeAnalyzeOpen, options);
}

async function readCall<Open>(
  call: StreamServerCall,
  decode: (bytes: Uint8Array, head: OpenHead) => Open,
  options: ReadOptions<Open>,
): Promise<Incoming<Open>> {
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
  const open = decode(first, head);
  await options.onOpen?.(open);
  const stream = await readStream(messages, {
    limits,
    openBytes: first.length,
    lazy: options.lazy ?? false,
    endedEarly: (error) => endedEarly(call, error),
  });
  return { open, stream };
}

/** The error of a call that ended: `error`, unless the call was cancelled, which the transport tells a little later. */
async function endedEarly(call: StreamServerCall, error: SluiceError): Promise<SluiceError> {
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
    remedy: "Send the opening message first.",
  });
}
