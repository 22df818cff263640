import type { DatasetStream } from "@sluice/core";
import { BoundedWriter } from "./bounded-writer.ts";
import { sendStream } from "./send-stream.ts";
import { type ClientCall, hasEnded } from "./service-client.ts";

/**
 * Sends the opening message and a stream, then half-closes.
 *
 * @param opening encoded
 * @param answered aborts when the answer has come: what is left need not be sent
 * @returns false when the peer ended the call before it had the whole stream; its status or answer says why
 * @throws what the source throws, after cancelling the call
 */
export async function sendCall(
  call: ClientCall<unknown>,
  opening: Buffer,
  stream: DatasetStream,
  answered?: AbortSignal,
): Promise<boolean> {
  const writer = new BoundedWriter(call, hasEnded(call));
  answered?.addEventListener("abort", () => writer.close(), { once: true });
  try {
    await writer.write(opening);
    const isWhole = await sendStream(writer, stream);
    if (!hasEnded(call)) call.end();
    return isWhole;
  } catch (error) {
    call.cancel();
    throw error;
  }
}
