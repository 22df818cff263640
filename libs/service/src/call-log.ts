import { status } from "@grpc/grpc-js";
import { type ExportOpen, type ExportSummary, exportStateToJSON, type Problem } from "@sluice/proto";

/** What the log may hold of an opening message. */
export function openFields(open: ExportOpen) {
  return { job: open.jobId, branches: open.branches.map(({ branchId, format }) => `${branchId}: ${format}`) };
}

/** What the log may hold of a finished job. */
export function summaryFields(summary: ExportSummary) {
  return {
    job: summary.jobId,
    state: exportStateToJSON(summary.state),
    branches: summary.branches.map(({ branchId, format, state, frames, bytes, artifacts, error }) => ({
      id: branchId,
      format,
      state: exportStateToJSON(state),
      frames,
      bytes,
      artifactBytes: artifacts.reduce((sum, artifact) => sum + artifact.size, 0),
      ...(error && { reason: error.reason, field: error.field, problem: error.message }),
    })),
  };
}

/** What the log may hold of a failed call; the stack of an error that nobody foresaw. */
export function problemFields(fault: Problem, error: unknown) {
  const unexpected = fault.reason === "INTERNAL" && error instanceof Error ? { stack: error.stack } : {};
  const code = status[fault.grpcCode] ?? String(fault.grpcCode);
  return { code, reason: fault.reason, field: fault.field, problem: fault.message, ...unexpected };
}
