import { setTimeout as sleep } from "node:timers/promises";
import { IncomingMessages } from "./incoming-messages.ts";
import type { ExportServerCall } from "./reader.ts";

/** Milliseconds that a client has to take in the answer and to stop sending. */
const patienceMs = 5_000;

/**
 * Waits until the client has half-closed, and drops what it still sends. It stands between the last response and the
 * status of a call that is answered before its stream has ended: grpc-js loses the responses that a client has not read
 * yet, and the status, when one of its writes meets the end of the call ("Write error: write after end").
 *
 * Resolves after five seconds at the latest, and when the call breaks.
 */
export async function halfClosed(call: ExportServerCall): Promise<void> {
  if (call.readableEnded || call.destroyed) return;
  const messages = new IncomingMessages<Buffer>(call);
  const stop = () => messages.fail(undefined);
  const done = new AbortController();
  call.once("cancelled", stop);
  void sleep(patienceMs, undefined, { signal: done.signal, ref: false }).then(stop, () => undefined);
  try {
    while ((await messages.next()) !== undefined);
  } catch {
    // The call broke, was cancelled, or the client goes on sending: its end can wait no longer.
  } finally {
    done.abort();
    call.off("cancelled", stop);
  }
}
