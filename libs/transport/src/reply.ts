import { ExportResponse } from "@sluice/proto";
import { BoundedWriter } from "./bounded-writer.ts";
import { cancellation } from "./call-signal.ts";
import type { ExportServerCall } from "./reader.ts";

/**
 * Sends responses on a call. A response is encoded at once, so that its bytes may be reused; the promise resolves when
 * there is room for the next, and rejects with CANCELLED or DEADLINE_EXCEEDED when the caller has gone.
 */
export function replySender(call: ExportServerCall): (response: ExportResponse) => Promise<void> {
  const writer = new BoundedWriter(call, call.cancelled);
  return async (response) => {
    if (!writer.closed) {
      const bytes = ExportResponse.encode(response).finish();
      await writer.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    if (writer.closed) throw cancellation(call);
  };
}
