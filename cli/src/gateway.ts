import { headerFrames } from "@sluice/core";
import { type ExportOpen, FailurePolicy } from "@sluice/proto";
import { readConfiguration, serviceEndpoint } from "@sluice/service";
import { AnalysisClient, ExportClient, runRemoteJob } from "@sluice/transport";
import type { Engine, Output, Work } from "./engine.ts";

export { delegatedSink } from "@sluice/transport";

/** A client of the gateway at that address, with the TLS files and the token that SLUICE_CLIENT_* name. */
export function connect(address: string): ExportClient {
  return new ExportClient(serviceEndpoint(readConfiguration(process.env), address));
}

/** The same for the steps of a gateway or an analysis service. */
export function connectAnalysis(address: string): AnalysisClient {
  return new AnalysisClient(serviceEndpoint(readConfiguration(process.env), address));
}

/** Sends one stream to a gateway (or to a format service); the artifacts come back on the call. */
export function gatewayEngine(client: ExportClient): Engine {
  const openOf = ({ analysis, outputs }: Work<Output>, jobId: string): ExportOpen => ({
    jobId,
    branches: outputs.map(({ format, options, name, target }) => ({
      branchId: format,
      format,
      options: { ...options },
      delivery: { target: target ?? { $case: "inline", value: {} }, name, withoutSha256: false },
    })),
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
    progressIntervalMs: 0,
    steps: analysis.steps,
    layers: analysis.layers,
  });
  return {
    formats: () => client.listFormats(),
    check: async (header, work) => {
      const request = { open: openOf(work, ""), header: headerFrames(header) };
      return (await client.validate(request)).forecasts;
    },
    run: (stream, work, context) => {
      const inline = work.outputs.filter(({ target }) => target === undefined);
      const sinks = new Map(inline.map(({ format, sink }) => [format, sink]));
      return runRemoteJob(client, openOf(work, context.uuid()), sinks, stream, context);
    },
    close: () => client.close(),
  };
}
