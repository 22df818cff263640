import { type Context, context as otelContext, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  type DatasetStream,
  describeProblem,
  type Exporter,
  type Job,
  type JobContext,
  runJob,
  toProblem,
} from "@sluice/core";
import { type BranchReport, type ExportSummary, exportStateToJSON } from "@sluice/proto";
import type { BranchMetrics, ServiceMetrics } from "./metrics.ts";
import { activeTraceId, tracer } from "./tracer.ts";

/**
 * `runJob` with a span for every branch, a child span for each phase of its report, and counters. A branch's span is
 * active inside its exporter, so that the calls of a remote exporter carry it on.
 */
export async function runTracedJob(
  stream: DatasetStream,
  job: Job,
  context: JobContext,
  metrics?: ServiceMetrics,
): Promise<ExportSummary> {
  const branches = new Map(
    job.branches.map(({ branchId, exporter }) => [branchId, new TracedBranch(branchId, exporter, metrics)]),
  );
  const traced: Job = {
    ...job,
    branches: job.branches.map((branch) => ({ ...branch, exporter: branches.get(branch.branchId)!.exporter })),
  };
  try {
    return await runJob(stream, traced, {
      ...context,
      traceId: context.traceId ?? activeTraceId(),
      onProgress: (branchId, progress) => {
        branches.get(branchId)?.metrics?.progress(progress);
        context.onProgress?.(branchId, progress);
      },
      onBranch: (report) => {
        branches.get(report.branchId)?.end(report);
        context.onBranch?.(report);
      },
    });
  } catch (error) {
    for (const branch of branches.values()) branch.fail(error);
    throw error;
  }
}

class TracedBranch {
  readonly exporter: Exporter;
  readonly metrics: BranchMetrics | undefined;
  readonly #span: Span;
  readonly #active: Context;
  #ended = false;

  constructor(branchId: string, exporter: Exporter, metrics: ServiceMetrics | undefined) {
    this.#span = tracer().startSpan(`branch ${exporter.format}`, {
      attributes: { "sluice.branch_id": branchId, "sluice.format": exporter.format },
    });
    this.#active = trace.setSpan(otelContext.active(), this.#span);
    this.metrics = metrics?.branch(exporter.format);
    this.exporter = {
      format: exporter.format,
      describe: (signal) => exporter.describe(signal),
      check: (header, options, signal) => exporter.check(header, options, signal),
      export: (stream, options, sink, context) =>
        otelContext.with(this.#active, () => exporter.export(stream, options, sink, context)),
    };
  }

  end(report: BranchReport): void {
    this.#span.setAttributes({
      "sluice.frames": report.frames,
      "sluice.bytes": report.bytes,
      "sluice.artifacts": report.artifacts.length,
      "sluice.state": exportStateToJSON(report.state),
    });
    for (const { phase, startTime, endTime, busySeconds } of report.timing?.phases ?? []) {
      const attributes = { "sluice.busy_seconds": busySeconds };
      const span = tracer().startSpan(phase, { startTime: startTime ?? new Date(), attributes }, this.#active);
      span.end(endTime);
    }
    if (report.error) {
      this.#span.setAttribute("error.type", report.error.reason);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: describeProblem(report.error) });
    }
    this.#close(report);
  }

  /** Ends the span of a branch that gave no report, because the whole job stopped. */
  fail(error: unknown): void {
    if (this.#ended) return;
    const problem = toProblem(error);
    this.#span.setAttribute("error.type", problem.reason);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: describeProblem(problem) });
    this.#close(undefined);
  }

  #close(report: BranchReport | undefined): void {
    this.#ended = true;
    this.#span.end();
    this.metrics?.ended(report);
  }
}
