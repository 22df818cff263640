import { randomUUID } from "node:crypto";
import type { Analysis, ArtifactSink, DatasetHeader, JobBranch } from "@sluice/core";
import type { BranchReport, ExportOpen, ExportProgress, ExportResponse, ExportSummary } from "@sluice/proto";
import { inlineSink, type ObjectStore, objectStoreSink, openDirectorySink, parseS3Url } from "@sluice/sink";
import {
  defaultMaxMessageBytes,
  delegatedSink,
  type ExportServerCall,
  publicProblem,
  readExport,
  replySender,
} from "@sluice/transport";
import { analysisPlan, requireAnalysis } from "./analysis-plan.ts";
import { openFields, summaryFields } from "./call-log.ts";
import type { Configuration } from "./configuration.ts";
import {
  artifactLimit,
  branchName,
  type PlannedBranch,
  type PlanRules,
  planExport,
  withWarnings,
} from "./export-plan.ts";
import { requireValidHeader, streamLimits, withinOpening } from "./incoming-stream.ts";
import type { Logger } from "./logs.ts";
import type { ServiceMetrics } from "./metrics.ts";
import { runTracedJob } from "./traced-job.ts";

/** Payload bytes per chunk that our services like best. */
const preferredChunkBytes = 1024 * 1024;

/** What an Export call is served with. */
export interface ExportSurroundings extends PlanRules {
  /** Runs the steps of calls that ask for some. */
  readonly analysis: Analysis | undefined;
  readonly configuration: Configuration;
  /** Where branches that are delivered to an object store go. */
  readonly objectStore: ObjectStore;
  readonly log: Logger;
  readonly metrics: ServiceMetrics;
}

/**
 * Answers one Export call up to its summary; whoever calls ends the call with the status.
 *
 * @param signal stops the job, which then leaves nothing behind
 * @param note told fields for the call's line in the log as they become known
 * @throws the first fault of the request or the stream, the signal's reason, or a branch's error under ABORT_ALL
 */
export async function runExportCall(
  call: ExportServerCall,
  surroundings: ExportSurroundings,
  signal: AbortSignal,
  note: (fields: object) => void,
): Promise<ExportSummary> {
  const reply = replySender(call);
  let branches: PlannedBranch[] = [];
  const { open, stream: received } = await withinOpening(surroundings.configuration, signal, (opened) =>
    readExport(call, {
      lazy: surroundings.exporters.every((exporter) => exporter.remote),
      limits: streamLimits(surroundings.configuration),
      onOpen: (opening) => {
        opened();
        branches = planExport(opening, surroundings);
        if (analysisPlan(opening)) requireAnalysis(surroundings.analysis);
        note(openFields(opening));
        surroundings.log.debug(openFields(opening), "export started");
        return reply(accepted(opening.jobId));
      },
    }),
  );
  requireValidHeader(received.header);
  const plan = analysisPlan(open);
  const stream = plan ? await requireAnalysis(surroundings.analysis).apply(received, plan, signal) : received;
  const jobBranches = await openBranches(branches, stream.header, surroundings, reply);
  const sent: Promise<void>[] = [];
  const summary = await runTracedJob(
    stream,
    { jobId: open.jobId, branches: jobBranches, failurePolicy: open.failurePolicy },
    {
      signal,
      now: () => new Date(),
      uuid: randomUUID,
      progressIntervalMs: progressIntervalMs(open),
      onProgress: progressSender(reply),
      onBranch: (report) => {
        const value = publicReport(report);
        sent.push(reply({ branchId: report.branchId, event: { $case: "branchReport", value } }));
      },
    },
    surroundings.metrics,
  );
  note(summaryFields(summary));
  await Promise.all(sent);
  const value = { ...summary, branches: summary.branches.map(publicReport) };
  await reply({ branchId: "", event: { $case: "summary", value } });
  return summary;
}

function accepted(jobId: string): ExportResponse {
  const value = { jobId, maxMessageBytes: defaultMaxMessageBytes, preferredChunkBytes };
  return { branchId: "", event: { $case: "accepted", value } };
}

/** Opens the sink of every branch; when one cannot be opened, those before it are discarded. */
async function openBranches(
  branches: readonly PlannedBranch[],
  header: DatasetHeader,
  { configuration, objectStore }: ExportSurroundings,
  reply: (response: ExportResponse) => Promise<void>,
): Promise<JobBranch[]> {
  const limited = artifactLimit(configuration.limitArtifacts);
  const opened: JobBranch[] = [];
  try {
    for (const branch of branches) {
      const { branchId, exporter, options } = branch;
      const { name, warnings } = branchName(branch, header);
      const sink = limited(await openSink(branch, name, { root: configuration.outputRoot, objectStore }, reply));
      opened.push({ branchId, exporter: withWarnings(exporter, warnings), options, sink, name });
    }
  } catch (error) {
    await Promise.all(opened.map(({ sink }) => sink.discard("Another branch could not be opened.")));
    throw error;
  }
  return opened;
}

async function openSink(
  { branchId, exporter, delivery }: PlannedBranch,
  name: string,
  { root, objectStore }: { readonly root: string; readonly objectStore: ObjectStore },
  reply: (response: ExportResponse) => Promise<void>,
): Promise<ArtifactSink> {
  const { target } = delivery;
  const sha256 = !delivery.withoutSha256;
  if (target === undefined || target.$case === "inline")
    return inlineSink((event) => reply({ branchId, event }), { sha256 });
  if (exporter.remote) return delegatedSink({ ...delivery, name });
  const { overwrite } = target.value;
  if (target.$case === "directory") {
    return openDirectorySink({ root, directory: target.value.directory, overwrite, sha256 });
  }
  const location = parseS3Url(target.value.url, "delivery.object_store.url");
  return objectStoreSink(objectStore, { location, overwrite, sha256 });
}

/** 500 ms unless asked for otherwise; within what timers can do, and not so often that events crowd out artifacts. */
function progressIntervalMs(open: ExportOpen): number {
  return open.progressIntervalMs === 0 ? 500 : Math.min(Math.max(open.progressIntervalMs, 20), 3_600_000);
}

/** Sends progress, but never two of one branch at once: a slow reader gets fewer. Warnings always go. */
function progressSender(reply: (response: ExportResponse) => Promise<void>) {
  const waiting = new Set<string>();
  return (branchId: string, value: ExportProgress): void => {
    if (waiting.has(branchId) && value.warnings.length === 0) return;
    waiting.add(branchId);
    reply({ branchId, event: { $case: "progress", value } }).then(
      () => waiting.delete(branchId),
      // The caller has gone: the job's signal tells the same, and stops the job.
      () => undefined,
    );
  };
}

function publicReport(report: BranchReport): BranchReport {
  return report.error ? { ...report, error: publicProblem(report.error) } : report;
}
