import {
  type ArtifactSink,
  type DatasetHeader,
  type DatasetStream,
  type Exporter,
  forecast,
  headerFrames,
  type JobContext,
  type RawOptions,
  SluiceError,
} from "@sluice/core";
import {
  type Delivery,
  type ExportSummary,
  FailurePolicy,
  type Forecast,
  KeptLayers,
  type ListFormatsResponse,
} from "@sluice/proto";
import { runTracedJob } from "@sluice/service";
import { type ExportClient, runRemoteJob } from "@sluice/transport";

/** One output of an export as the command line asks for it. */
export interface Output {
  readonly format: string;
  readonly options: RawOptions;
  readonly name: string;
}

/** Where exports run: in this process, or behind a gateway. */
export interface Engine {
  formats(): Promise<ListFormatsResponse>;
  check(header: DatasetHeader, outputs: readonly Output[]): Promise<Forecast[]>;
  run(
    stream: DatasetStream,
    outputs: readonly (Output & { readonly sink: ArtifactSink })[],
    context: JobContext,
  ): Promise<ExportSummary>;
  close(): void;
}

/** Runs everything in this process. */
export function localEngine(exporters: readonly Exporter[]): Engine {
  const branchOf = (output: Output) => ({
    ...output,
    branchId: output.format,
    exporter: exporterOf(output.format, exporters),
  });
  return {
    formats: async () => ({ formats: await Promise.all(exporters.map((item) => item.describe())), problems: [] }),
    check: async (header, outputs) => forecast(header, outputs.map(branchOf)),
    run: (stream, outputs, context) =>
      runTracedJob(
        stream,
        {
          jobId: context.uuid(),
          branches: outputs.map((output) => ({ ...branchOf(output), sink: output.sink })),
          failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
        },
        context,
      ),
    close: () => undefined,
  };
}

/** Sends one stream to a gateway (or to a format service); the artifacts come back on the call. */
export function gatewayEngine(client: ExportClient): Engine {
  const openOf = (outputs: readonly Output[], jobId: string) => ({
    jobId,
    branches: outputs.map(({ format, options, name }) => ({
      branchId: format,
      format,
      options: { ...options },
      delivery: inlineDelivery(name),
    })),
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
    progressIntervalMs: 0,
    steps: [],
    layers: KeptLayers.KEPT_LAYERS_UNSPECIFIED,
  });
  return {
    formats: () => client.listFormats(),
    check: async (header, outputs) => {
      const request = { open: openOf(outputs, ""), header: headerFrames(header) };
      return (await client.validate(request)).forecasts;
    },
    run: (stream, outputs, context) => {
      const sinks = new Map(outputs.map(({ format, sink }) => [format, sink]));
      return runRemoteJob(client, openOf(outputs, context.uuid()), sinks, stream, context);
    },
    close: () => client.close(),
  };
}

function inlineDelivery(name: string): Delivery {
  return { target: { $case: "inline", value: {} }, name, withoutSha256: false };
}

function exporterOf(format: string, exporters: readonly Exporter[]): Exporter {
  const found = exporters.find((exporter) => exporter.format === format);
  if (found) return found;
  throw new SluiceError({
    reason: "FORMAT_UNKNOWN",
    message: "There is no such format to write.",
    field: "--to",
    got: JSON.stringify(format),
    allowed: exporters.map((exporter) => exporter.format),
    remedy: "Choose one of the formats that `sluice formats` lists.",
  });
}
