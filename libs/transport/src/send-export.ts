import { type DatasetStream, headerFrames, payloadBytes } from "@sluice/core";
import type { ExportOpen, Frame } from "@sluice/proto";
import { BoundedWriter } from "./bounded-writer.ts";
import { type ExportCall, hasEnded } from "./client.ts";
import { EncodedFrame } from "./encoded-frame.ts";
import { encodeFrame, encodeOpen } from "./frame-codec.ts";

/**
 * Sends the opening message, the header, the data and the stream's end, then half-closes. Frames are numbered here and
 * get their CRC; an EncodedFrame whose number fits goes out as the bytes it came as.
 *
 * @param answered aborts when the summary has come: what is left need not be sent
 * @returns false when the peer ended the call before it had the whole stream; its status or summary says why
 * @throws what the source throws, after cancelling the call
 */
export async function sendExport(
  call: ExportCall,
  open: ExportOpen,
  stream: DatasetStream,
  answered?: AbortSignal,
): Promise<boolean> {
  const writer = new BoundedWriter(call, hasEnded(call));
  answered?.addEventListener("abort", () => writer.close(), { once: true });
  let sequence = 0;
  let bytes = 0;
  const send = (frame: Frame): Promise<void> | undefined => {
    sequence += 1;
    const isReady = frame instanceof EncodedFrame && frame.sequence === sequence;
    return writer.write(isReady ? frame.encoded : encodeFrame(frame, sequence));
  };
  try {
    await writer.write(encodeOpen(open));
    for (const frame of headerFrames(stream.header)) await send(frame);
    for await (const frame of untilClosed(stream.frames, writer)) {
      bytes += payloadBytes(frame);
      const room = send(frame);
      if (room) await room;
    }
    const isWhole = !writer.closed;
    await send({ sequence: 0, content: { $case: "streamEnd", value: { frames: sequence, bytes } } });
    if (!hasEnded(call)) call.end();
    return isWhole;
  } catch (error) {
    call.cancel();
    throw error;
  }
}

/** Frames until the source or the call ends; the call's end is seen even while the source has nothing to give. */
async function* untilClosed(frames: AsyncIterable<Frame>, writer: BoundedWriter): AsyncGenerator<Frame> {
  const source = frames[Symbol.asyncIterator]();
  let next: IteratorResult<Frame> | undefined;
  try {
    for (;;) {
      next = undefined;
      next = await writer.unlessClosed(source.next());
      if (next === undefined || next.done || writer.closed) return;
      yield next.value;
    }
  } finally {
    const closing = source.return?.();
    // A source that is still busy closes once it wakes: its return queues behind `next`. What it throws then concerns a
    // stream that nobody takes any more.
    if (next === undefined) closing?.catch(() => undefined);
    else await closing;
  }
}
