import { type ArtifactSink, Code, SluiceError, stateOf, toProblem } from "@sluice/core";
import { type BranchReport, type ExportOpen, ExportState, type ExportSummary, FailurePolicy } from "@sluice/proto";
import { type ArtifactEvent, type ArtifactReceiver, receiveArtifacts } from "@sluice/sink";

/** Artifacts that come back from a service, branch by branch, and whether they fit what the service says of them. */
export class Arrivals {
  readonly #open: ExportOpen;
  readonly #branches: ReadonlyMap<string, Arrival>;

  /** @param sinks by branch id, for every branch that is delivered inline */
  constructor(open: ExportOpen, sinks: ReadonlyMap<string, ArtifactSink>) {
    this.#open = open;
    this.#branches = new Map([...sinks].map(([branchId, sink]) => [branchId, new Arrival(receiveArtifacts(sink))]));
  }

  /**
   * Takes an event in. A branch that cannot keep its artifacts has failed; the others go on unless the job is to stop.
   *
   * @throws the failure, when no branch is left to go on for
   */
  async take(branchId: string, event: ArtifactEvent): Promise<void> {
    const arrival = this.#branches.get(branchId);
    if (arrival === undefined) throw unexpected(branchId, event, [...this.#branches.keys()]);
    if (arrival.failure !== undefined) return;
    try {
      await arrival.take(event);
    } catch (error) {
      arrival.failure = error;
      const { failurePolicy, branches } = this.#open;
      const isAbort = failurePolicy === FailurePolicy.FAILURE_POLICY_ABORT_ALL;
      if (isAbort || branches.every((branch) => this.#branches.get(branch.branchId)?.failure !== undefined))
        throw error;
    }
  }

  /** The report of a branch, which has failed when its artifacts could not be kept here. */
  reportOf(report: BranchReport): BranchReport {
    const failure = this.#branches.get(report.branchId)?.failure;
    if (failure === undefined || report.state !== ExportState.EXPORT_STATE_SUCCEEDED) return report;
    const error = { ...toProblem(failure), branchId: report.branchId };
    return { ...report, state: ExportState.EXPORT_STATE_FAILED, error, artifacts: [] };
  }

  /**
   * The summary in the light of what came.
   *
   * @param isSent whether the service was sent the whole stream
   * @throws SUMMARY_WRONG when the summary cannot be true
   */
  settle(summary: ExportSummary, isSent: boolean): ExportSummary {
    for (const { branchId } of this.#open.branches) {
      const report = summary.branches.find((candidate) => candidate.branchId === branchId);
      if (report === undefined) throw wrong(`no report of branch ${JSON.stringify(branchId)}`);
      if (report.state !== ExportState.EXPORT_STATE_SUCCEEDED) continue;
      if (!isSent) throw wrong(`success of branch ${JSON.stringify(branchId)} before the stream was sent`);
      this.#branches.get(branchId)?.requireAll(report);
    }
    const branches = summary.branches.map((report) => this.reportOf(report));
    return { ...summary, branches, state: stateOf(branches) };
  }
}

class Arrival {
  failure: unknown;
  readonly #receiver: ArtifactReceiver;
  readonly #sizes = new Map<string, number>();

  constructor(receiver: ArtifactReceiver) {
    this.#receiver = receiver;
  }

  async take(event: ArtifactEvent): Promise<void> {
    await this.#receiver.receive(event);
    const artifact = event.$case === "artifactEnd" ? event.value.artifact : undefined;
    if (artifact) this.#sizes.set(artifact.path, artifact.size);
  }

  /** Throws unless every artifact of a branch that succeeded has come whole. */
  requireAll({ branchId, artifacts }: BranchReport): void {
    if (this.failure !== undefined) return;
    this.#receiver.end();
    for (const { path, size } of artifacts) {
      if (this.#sizes.get(path) === size) continue;
      const came = this.#sizes.has(path) ? `${this.#sizes.get(path)} bytes` : "nothing";
      throw wrong(`${came} of ${JSON.stringify(path)}, ${size} bytes, in branch ${JSON.stringify(branchId)}`);
    }
  }
}

function unexpected(branchId: string, event: ArtifactEvent, allowed: readonly string[]): SluiceError {
  return new SluiceError({
    reason: "ARTIFACT_UNEXPECTED",
    message: "An artifact came for a branch that is not delivered on this call.",
    field: "branch_id",
    got: `${event.$case} of ${JSON.stringify(branchId)}`,
    allowed,
    grpcCode: Code.DATA_LOSS,
  });
}

function wrong(got: string): SluiceError {
  return new SluiceError({
    reason: "SUMMARY_WRONG",
    message: "The summary of the service does not fit what was sent and received.",
    field: "summary",
    got,
    remedy: "Export again; if it happens again, the service and this program do not fit together.",
    grpcCode: Code.DATA_LOSS,
  });
}
