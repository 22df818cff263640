import type { DatasetStream } from "@sluice/core";
import { BoundedWriter } from "./bounded-writer.ts";
import { cancellation } from "./call-signal.ts";
import type { StreamServerCall } from "./reader.ts";
import { sendStream } from "./send-stream.ts";

/**
 * Sends a stream back on a call, up to its end; whoever calls ends the call.
 *
 * @throws what the source throws, and CANCELLED or DEADLINE_EXCEEDED when the caller has gone
 */
export async function replyStream(call: StreamServerCall, stream: DatasetStream): Promise<void> {
  const writer = new BoundedWriter(call, call.cancelled);
  const isWhole = await sendStream(writer, stream);
  if (!isWhole) throw cancellation(call);
}
