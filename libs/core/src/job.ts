import { type BranchReport, ExportState, type ExportSummary, FailurePolicy } from "@sluice/proto";
import { BranchRun, type JobBranch, type JobContext } from "./branch-run.ts";
import { type DataType, itemSize } from "./data-type.ts";
import { problem, SluiceError } from "./problem.ts";
import type { DatasetHeader, DatasetStream } from "./stream.ts";
import { tee } from "./tee.ts";

/** One stream to several outputs. */
export interface Job {
  readonly jobId: string;
  readonly branches: readonly JobBranch[];
  readonly failurePolicy: FailurePolicy;
}

/**
 * Runs a stream through every branch at once, at the pace of the slowest.
 *
 * A branch that fails leaves nothing; the others go on (CONTINUE) or stop as well (ABORT_ALL). Artifacts become visible
 * only when the whole stream has been seen to its end.
 *
 * @throws what the source throws, the abort's reason, or under ABORT_ALL the first branch's error; nothing is left then
 */
export async function runJob(stream: DatasetStream, job: Job, context: JobContext): Promise<ExportSummary> {
  const startTime = context.now();
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const outlets = tee(stream.frames, job.branches.length, signal);
  const total = expectedBytes(stream.header);
  const runs = job.branches.map(
    (branch, index) => new BranchRun(branch, job.jobId, stream.header, outlets[index]!, { ...context, signal }, total),
  );
  const ticker = setInterval(() => {
    for (const run of runs) if (run.running) context.onProgress?.(run.branch.branchId, run.progress);
  }, context.progressIntervalMs ?? 500);
  try {
    await Promise.all(
      runs.map(async (run) => {
        await run.export();
        if (run.error && job.failurePolicy === FailurePolicy.FAILURE_POLICY_ABORT_ALL) stop.abort(run.failure());
      }),
    );
    signal.throwIfAborted();
    await Promise.all(outlets.map((outlet) => outlet.ended()));
    await Promise.all(runs.map((run) => run.prepare()));
    const failed = runs.find((run) => run.error);
    if (failed && job.failurePolicy === FailurePolicy.FAILURE_POLICY_ABORT_ALL) throw failed.failure();
    signal.throwIfAborted();
  } catch (error) {
    await Promise.all(runs.map((run) => run.discard(error)));
    throw error;
  } finally {
    clearInterval(ticker);
  }
  for (const run of runs) await run.settle();
  const branches = runs.map((run) => run.report());
  for (const [index, report] of branches.entries()) {
    context.onProgress?.(report.branchId, runs[index]!.progress);
    context.onBranch?.(report);
  }
  return {
    jobId: job.jobId,
    state: stateOf(branches),
    branches,
    startTime,
    endTime: context.now(),
    traceId: context.traceId ?? "",
    warnings: [...(stream.warnings?.() ?? [])],
  };
}

/** State of a job by the states of its branches. */
export function stateOf(branches: readonly BranchReport[]): ExportState {
  const succeeded = branches.filter((branch) => branch.state === ExportState.EXPORT_STATE_SUCCEEDED).length;
  if (succeeded === branches.length) return ExportState.EXPORT_STATE_SUCCEEDED;
  return succeeded === 0 ? ExportState.EXPORT_STATE_FAILED : ExportState.EXPORT_STATE_PARTIAL;
}

/** Throws BRANCHES_INVALID unless there is at least one branch and every id is its own. */
export function requireDistinctBranches(branchIds: readonly string[]): void {
  const repeated = branchIds.find((id, index) => id === "" || branchIds.indexOf(id) !== index);
  if (branchIds.length > 0 && repeated === undefined) return;
  throw new SluiceError(
    problem({
      reason: "BRANCHES_INVALID",
      message: "A job needs branches, each with an id of its own.",
      field: "open.branches",
      got: repeated === undefined ? "no branch" : `branch id ${JSON.stringify(repeated)} empty or repeated`,
      remedy: "Name every branch once.",
    }),
  );
}

function expectedBytes(header: DatasetHeader): number | undefined {
  let bytes = 0;
  for (const array of header.arrays) {
    if (array.ragged) return undefined;
    const count = array.axes.reduce((product, axis) => product * (axis.size ?? Number.NaN), 1);
    bytes += count * (itemSize[array.dataType as DataType] ?? Number.NaN);
  }
  return Number.isFinite(bytes) && bytes > 0 ? bytes : undefined;
}
