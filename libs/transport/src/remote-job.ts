import {
  type ArtifactSink,
  Code,
  type DatasetStream,
  discardDelivered,
  SluiceError,
  settleDelivered,
} from "@sluice/core";
import type { Artifact, ExportOpen, ExportSummary } from "@sluice/proto";
import type { ExportClient } from "./client.ts";
import { type RemoteExportContext, remoteExport } from "./remote-export.ts";

/**
 * Runs a job on a service and keeps what comes back: a remote export whose sinks are committed where their branch
 * succeeded and discarded where not. The artifacts of the summary are those of the sinks.
 *
 * @throws as `remoteExport` does; every sink is discarded then
 */
export async function runRemoteJob(
  client: ExportClient,
  open: ExportOpen,
  sinks: ReadonlyMap<string, ArtifactSink>,
  stream: DatasetStream,
  context: RemoteExportContext = {},
): Promise<ExportSummary> {
  let summary: ExportSummary;
  try {
    summary = await remoteExport(client, open, sinks, stream, context);
  } catch (error) {
    await discardDelivered(sinks, error);
    throw error;
  }
  const compared = summary.branches.flatMap(({ branchId, artifacts }): [string, ArtifactSink][] => {
    const sink = sinks.get(branchId);
    return sink ? [[branchId, comparedSink(sink, artifacts)]] : [];
  });
  return settleDelivered(summary, new Map(compared));
}

/** A sink that refuses to be prepared when an artifact has another digest than its sender told. */
function comparedSink(sink: ArtifactSink, told: readonly Artifact[]): ArtifactSink {
  return {
    create: (path, mediaType, layout) => sink.create(path, mediaType, layout),
    prepare: async () => {
      const artifacts = await sink.prepare();
      for (const artifact of artifacts) requireSameDigest(artifact, told);
      return artifacts;
    },
    commit: () => sink.commit(),
    discard: (reason) => sink.discard(reason),
  };
}

function requireSameDigest({ path, sha256 }: Artifact, told: readonly Artifact[]): void {
  const expected = told.find((artifact) => artifact.path === path)?.sha256;
  if (!expected?.length || sha256.length === 0 || Buffer.compare(expected, sha256) === 0) return;
  throw new SluiceError({
    reason: "ARTIFACT_DIGEST_WRONG",
    message: "An artifact is not what the service sent.",
    field: `artifacts.${path}`,
    got: Buffer.from(sha256).toString("hex"),
    allowed: [Buffer.from(expected).toString("hex")],
    remedy: "Export again; if it happens again, look for faults of memory and disk.",
    grpcCode: Code.DATA_LOSS,
    retryable: true,
  });
}
