import {
  type AnalysisPlan,
  type ArtifactSink,
  type DatasetHeader,
  type DatasetStream,
  type Exporter,
  emptyForecast,
  forecast,
  type JobContext,
  type RawOptions,
  SluiceError,
} from "@sluice/core";
import {
  type Delivery,
  type ExportSummary,
  FailurePolicy,
  type Forecast,
  type ListFormatsResponse,
} from "@sluice/proto";
import { runTracedJob } from "@sluice/service/in-process";
import { letPayloadsGrow } from "@sluice/transport/payload-heap";
import { analysis, exporters } from "./formats.ts";

/** One output of an export as the command line asks for it. */
export interface Output {
  readonly format: string;
  readonly options: RawOptions;
  readonly name: string;
  /** Where a gateway is to put the artifacts by itself; unset, they come back on the call. */
  readonly target?: Delivery["target"];
}

/** What an engine does with a stream: steps, then the outputs. */
export interface Work<Target extends Output> {
  readonly analysis: AnalysisPlan;
  readonly outputs: readonly Target[];
}

/** Where exports run: in this process, or behind a gateway. */
export interface Engine {
  formats(): Promise<ListFormatsResponse>;
  check(header: DatasetHeader, work: Work<Output>): Promise<Forecast[]>;
  run(
    stream: DatasetStream,
    work: Work<Output & { readonly sink: ArtifactSink }>,
    context: JobContext,
  ): Promise<ExportSummary>;
  close(): void;
}

/** The engine behind an address, or this process; only what calls a gateway loads gRPC. */
export async function engineAt(gateway: string | undefined): Promise<Engine> {
  if (gateway === undefined) return localEngine();
  const { connect, gatewayEngine } = await import("./gateway.ts");
  return gatewayEngine(connect(gateway));
}

/** Runs everything in this process. */
export function localEngine(): Engine {
  const branchOf = (output: Output) => ({
    ...output,
    branchId: output.format,
    exporter: exporterOf(output.format),
  });
  return {
    formats: async () => ({ formats: await Promise.all(exporters.map((item) => item.describe())), problems: [] }),
    check: async (header, { analysis: plan, outputs }) => {
      const branches = outputs.map(branchOf);
      if (plan.steps.length === 0) return forecast(header, branches);
      const { problems, header: processed } = await analysis.check(header, plan);
      if (!processed) return branches.map(({ branchId }) => emptyForecast(branchId, problems));
      const forecasts = await forecast(processed, branches);
      return forecasts.map((item) => ({ ...item, problems: [...problems, ...item.problems] }));
    },
    run: async (stream, { analysis: plan, outputs }, context) => {
      letPayloadsGrow();
      return runTracedJob(
        plan.steps.length === 0 ? stream : await analysis.apply(stream, plan, context.signal),
        {
          jobId: context.uuid(),
          branches: outputs.map((output) => ({ ...branchOf(output), sink: output.sink })),
          failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
        },
        context,
      );
    },
    close: () => undefined,
  };
}

function exporterOf(format: string): Exporter {
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
