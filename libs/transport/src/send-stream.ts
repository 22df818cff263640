import { type DatasetStream, headerFrames, payloadBytes } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import type { BoundedWriter } from "./bounded-writer.ts";
import { EncodedFrame } from "./encoded-frame.ts";
import { encodeFrame } from "./frame-codec.ts";

/**
 * Sends the header, the data and the stream's end. Frames are numbered here and get their CRC; an EncodedFrame whose
 * number fits goes out as the bytes it came as.
 *
 * @returns false when the call ended before all was sent
 * @throws what the source throws
 */
export async function sendStream(writer: BoundedWriter, stream: DatasetStream): Promise<boolean> {
  let sequence = 0;
  let bytes = 0;
  const send = (frame: Frame): Promise<void> | undefined => {
    sequence += 1;
    const isReady = frame instanceof EncodedFrame && frame.sequence === sequence;
    return writer.write(isReady ? frame.encoded : encodeFrame(frame, sequence));
  };
  for (const frame of headerFrames(stream.header)) await send(frame);
  for await (const frame of untilClosed(stream.frames, writer)) {
    bytes += payloadBytes(frame);
    const room = send(frame);
    if (room) await room;
  }
  const isWhole = !writer.closed;
  const warnings = [...(stream.warnings?.() ?? [])];
  await send({ sequence: 0, content: { $case: "streamEnd", value: { frames: sequence, bytes, warnings } } });
  return isWhole;
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
