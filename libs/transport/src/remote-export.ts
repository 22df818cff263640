import { type ArtifactSink, Code, type DatasetStream, SluiceError } from "@sluice/core";
import type { BranchReport, ExportOpen, ExportProgress, ExportResponse, ExportSummary } from "@sluice/proto";
import { Arrivals } from "./arrivals.ts";
import type { ExportCall, ExportClient } from "./client.ts";
import { IncomingMessages } from "./incoming-messages.ts";
import { sendExport } from "./send-export.ts";
import { problemOf } from "./status.ts";

/** Who may stop a remote export, and whom it tells. */
export interface RemoteExportContext {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((branchId: string, progress: ExportProgress) => void) | undefined;
  readonly onBranch?: ((report: BranchReport) => void) | undefined;
}

/**
 * Sends a stream to a service and writes the artifacts that come back into the sinks of their branches, both at once.
 * Sinks are neither prepared, committed nor discarded here.
 *
 * @param sinks by branch id, for every branch that is delivered inline
 * @throws what the source throws, the abort's reason, the service's error, a sink's error when no branch is left to go
 *   on for, and DATA_LOSS when the call ends well without a summary, or with one that does not fit what came
 */
export async function remoteExport(
  client: ExportClient,
  open: ExportOpen,
  sinks: ReadonlyMap<string, ArtifactSink>,
  stream: DatasetStream,
  context: RemoteExportContext = {},
): Promise<ExportSummary> {
  const { signal } = context;
  const call = client.export({ signal });
  const arrivals = new Arrivals(open, sinks);
  const answered = new AbortController();
  const [sent, received] = await Promise.allSettled([
    sendExport(call, open, stream, answered.signal),
    receiveSummary(call, arrivals, context, () => answered.abort()),
  ]);
  signal?.throwIfAborted();
  // The source's error stands before the service's: the call was cancelled because of it.
  if (sent.status === "rejected") throw sent.reason;
  if (received.status === "rejected") throw received.reason;
  return arrivals.settle(received.value, sent.value);
}

async function receiveSummary(
  call: ExportCall,
  arrivals: Arrivals,
  context: RemoteExportContext,
  onSummary: () => void,
): Promise<ExportSummary> {
  const responses = new IncomingMessages<ExportResponse>(call);
  let summary: ExportSummary | undefined;
  try {
    for (let next = await responses.next(); next; next = await responses.next()) {
      if (summary) throw afterSummary(next);
      summary = await take(next, arrivals, context);
      if (summary) onSummary();
    }
  } catch (error) {
    call.cancel();
    throw error instanceof SluiceError ? error : new SluiceError(problemOf(error), { cause: error });
  }
  if (summary) return summary;
  throw new SluiceError({
    reason: "SUMMARY_MISSING",
    message: "The service ended the call without telling what became of the export.",
    field: "summary",
    remedy: "Look into the log of the service, then export again.",
    grpcCode: Code.DATA_LOSS,
    retryable: true,
  });
}

/** Handles one response; returns the summary when it is that. */
async function take(
  { branchId, event }: ExportResponse,
  arrivals: Arrivals,
  { onProgress, onBranch }: RemoteExportContext,
): Promise<ExportSummary | undefined> {
  switch (event?.$case) {
    case "progress":
      onProgress?.(branchId, event.value);
      return undefined;
    case "artifactBegin":
    case "artifactChunk":
    case "artifactEnd":
      await arrivals.take(branchId, event);
      return undefined;
    case "branchReport":
      onBranch?.(arrivals.reportOf(event.value));
      return undefined;
    case "summary":
      return event.value;
    default:
      // `accepted`, and events of a later protocol version.
      return undefined;
  }
}

function afterSummary({ event }: ExportResponse): SluiceError {
  return new SluiceError({
    reason: "RESPONSE_AFTER_SUMMARY",
    message: "The service sent more after its summary, which is the last event.",
    field: "summary",
    got: event?.$case ?? "an empty response",
    grpcCode: Code.DATA_LOSS,
  });
}
