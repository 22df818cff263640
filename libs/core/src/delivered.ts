import { type BranchReport, ExportState, type ExportSummary } from "@sluice/proto";
import { stateOf } from "./job.ts";
import { describeProblem, toProblem } from "./problem.ts";
import type { ArtifactSink } from "./sink.ts";

/**
 * Ends a job whose artifacts came from elsewhere into sinks of this process: makes what succeeded visible, removes the
 * rest. The artifacts of the summary are then those of the sinks, where they lie and with the digests computed here.
 *
 * @param sinks by branch id; a branch without one was delivered elsewhere and stays as it is reported
 */
export async function settleDelivered(
  summary: ExportSummary,
  sinks: ReadonlyMap<string, ArtifactSink>,
): Promise<ExportSummary> {
  const branches: BranchReport[] = [];
  for (const report of summary.branches) {
    const sink = sinks.get(report.branchId);
    branches.push(sink ? await settleBranch(report, sink) : report);
  }
  return { ...summary, branches, state: stateOf(branches) };
}

async function settleBranch(report: BranchReport, sink: ArtifactSink): Promise<BranchReport> {
  if (report.state !== ExportState.EXPORT_STATE_SUCCEEDED) {
    await sink.discard(report.error ? describeProblem(report.error) : "The branch did not succeed.");
    return report;
  }
  try {
    const artifacts = await sink.prepare();
    await sink.commit();
    return { ...report, artifacts };
  } catch (fault) {
    const error = { ...toProblem(fault), branchId: report.branchId };
    await sink.discard(describeProblem(error));
    return { ...report, state: ExportState.EXPORT_STATE_FAILED, error, artifacts: [] };
  }
}

/** Removes everything that was delivered into the sinks. */
export async function discardDelivered(sinks: ReadonlyMap<string, ArtifactSink>, reason: unknown): Promise<void> {
  const text = describeProblem(toProblem(reason));
  await Promise.all([...sinks.values()].map((sink) => sink.discard(text)));
}
