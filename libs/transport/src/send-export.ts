import type { DatasetStream } from "@sluice/core";
import type { ExportOpen } from "@sluice/proto";
import type { ExportCall } from "./client.ts";
import { encodeOpen } from "./frame-codec.ts";
import { sendCall } from "./send-call.ts";

/**
 * Sends the opening message of an export and its stream, then half-closes.
 *
 * @param answered aborts when the summary has come: what is left need not be sent
 * @returns false when the peer ended the call before it had the whole stream; its status or summary says why
 * @throws what the source throws, after cancelling the call
 */
export function sendExport(
  call: ExportCall,
  open: ExportOpen,
  stream: DatasetStream,
  answered?: AbortSignal,
): Promise<boolean> {
  return sendCall(call, encodeOpen(open), stream, answered);
}
