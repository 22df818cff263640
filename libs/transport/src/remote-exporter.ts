import {
  type ArtifactSink,
  Code,
  type Exporter,
  headerFrames,
  type RawOptions,
  SluiceError,
  stemOf,
} from "@sluice/core";
import {
  type BranchReport,
  type Delivery,
  ExportOpen,
  type ExportProgress,
  ExportState,
  FailurePolicy,
  type Problem,
} from "@sluice/proto";
import type { ExportClient } from "./client.ts";
import { remoteExport } from "./remote-export.ts";

/** Milliseconds between progress events, which the job that runs this exporter does not need: it counts itself. */
const progressIntervalMs = 60_000;

/** The exporter of a format whose body runs in a service. */
export function remoteExporter(format: string, client: ExportClient): Exporter {
  return {
    format,
    remote: true,
    describe: async (signal) => {
      const { formats } = await client.listFormats(signal);
      const found = formats.find((candidate) => candidate.name === format);
      if (found) return found;
      throw new SluiceError({
        reason: "FORMAT_UNKNOWN",
        message: "The service does not write the format that it is configured for.",
        got: JSON.stringify(format),
        allowed: formats.map((candidate) => candidate.name),
        remedy: "Correct the address of the format's service.",
        grpcCode: Code.FAILED_PRECONDITION,
      });
    },
    check: async (header, options, signal) => {
      const open = openOf("", format, options, inlineDelivery(stemOf(header.dataset.name)));
      const { forecasts } = await client.validate({ open, header: headerFrames(header) }, signal);
      const [forecast] = forecasts;
      if (!forecast) throw untold(format);
      const { branchId: _, problems, ...outlook } = forecast;
      return { ...outlook, problems: problems.map(ofThisBranch) };
    },
    export: async (stream, options, sink, { jobId, name, signal, warn }) => {
      const delivery = sink.delivery ?? inlineDelivery(name);
      const sinks = new Map<string, ArtifactSink>(sink.delivery ? [] : [[format, sink]]);
      const open = openOf(jobId, format, options, delivery);
      const onProgress = (_: string, { warnings }: ExportProgress) => {
        if (warnings.length > 0) warn?.(warnings.map(ofThisBranch));
      };
      const summary = await remoteExport(client, open, sinks, stream, { signal, onProgress });
      const report = summary.branches.find((branch) => branch.branchId === format);
      if (report?.state !== ExportState.EXPORT_STATE_SUCCEEDED) throw failure(report, format);
      const { warnings, losses, origins, gaps, digests, artifacts } = report;
      const told = { warnings: warnings.map(ofThisBranch), losses, origins, gaps, digests };
      return sink.delivery ? { ...told, artifacts } : told;
    },
  };
}

/** The bytes come back; their digest is computed where they are kept. */
function inlineDelivery(name: string): Delivery {
  return { target: { $case: "inline", value: {} }, name, withoutSha256: true };
}

/** A job of one branch, named after its format. */
function openOf(jobId: string, format: string, options: RawOptions, delivery: Delivery): ExportOpen {
  const branch = { branchId: format, format, options: { ...options }, delivery };
  return ExportOpen.fromPartial({
    jobId,
    branches: [branch],
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
    progressIntervalMs,
  });
}

/** A problem without the place that its branch had in the call to the service. */
function ofThisBranch(problem: Problem): Problem {
  return { ...problem, branchId: "", field: problem.field.replace(/^branches\[0\]\./, "") };
}

function failure(report: BranchReport | undefined, format: string): SluiceError {
  return report?.error ? new SluiceError(ofThisBranch(report.error)) : untold(format);
}

function untold(format: string): SluiceError {
  return new SluiceError({
    reason: "SERVICE_FAILED",
    message: `The ${format} service failed without saying why.`,
    remedy: "Look into the log of the service.",
    grpcCode: Code.INTERNAL,
  });
}
