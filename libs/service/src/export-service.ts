import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { type Exporter, emptyForecast, forecast, toProblem } from "@sluice/core";
import type {
  Forecast,
  ListFormatsRequest,
  ListFormatsResponse,
  Problem,
  ValidateExportRequest,
  ValidateExportResponse,
} from "@sluice/proto";
import { type ExportServerCall, headerOf, publicProblem } from "@sluice/transport";
import { analysisPlan, requireAnalysis } from "./analysis-plan.ts";
import { type ExportSurroundings, runExportCall } from "./export-call.ts";
import { branchName, planBranch, withWarnings } from "./export-plan.ts";
import type { StreamCalls } from "./stream-calls.ts";
import { unaryCall } from "./unary-call.ts";

/** The ExportService of a list of exporters, local or remote. */
export class ExportService {
  readonly handlers: UntypedServiceImplementation;
  readonly #surroundings: ExportSurroundings;

  constructor(surroundings: ExportSurroundings, calls: StreamCalls) {
    const { log } = surroundings;
    this.#surroundings = surroundings;
    this.handlers = {
      export: (call: ExportServerCall) =>
        calls.run("export", call, async (signal, note) => {
          const summary = await runExportCall(call, surroundings, signal, note);
          return summary.branches.some((branch) => branch.error) ? "warn" : "info";
        }),
      listFormats: unaryCall(log, "ListFormats", (_request: ListFormatsRequest, signal) => this.#listFormats(signal)),
      validateExport: unaryCall(log, "ValidateExport", (request: ValidateExportRequest, signal) =>
        this.#validate(request, signal),
      ),
    };
  }

  async #listFormats(signal: AbortSignal): Promise<ListFormatsResponse> {
    const asked = this.#surroundings.exporters.map((exporter) => describe(exporter, signal));
    const answers = await Promise.all(asked);
    return {
      formats: answers.flatMap((answer) => ("format" in answer ? [answer.format] : [])),
      problems: answers.flatMap((answer) => ("problem" in answer ? [answer.problem] : [])),
    };
  }

  async #validate({ open, header }: ValidateExportRequest, signal: AbortSignal): Promise<ValidateExportResponse> {
    const branches = open?.branches ?? [];
    const steps = await this.#validateSteps({ open, header }, signal);
    const { dataset, problems } = steps;
    if (!dataset) return { forecasts: branches.map(({ branchId }) => emptyForecast(branchId, problems)) };
    const forecasts = branches.map(async (branch, index): Promise<Forecast> => {
      try {
        const planned = planBranch(branch, index, this.#surroundings);
        const exporter = withWarnings(planned.exporter, [...problems, ...branchName(planned, dataset).warnings]);
        const [told] = await forecast(dataset, [{ ...planned, exporter }], signal);
        return { ...told!, problems: told!.problems.map(publicProblem) };
      } catch (error) {
        return emptyForecast(branch.branchId, [publicProblem(toProblem(error))]);
      }
    });
    return { forecasts: await Promise.all(forecasts) };
  }

  /** The header that the branches will get; none when the steps cannot be run on it. */
  async #validateSteps({ open, header }: ValidateExportRequest, signal: AbortSignal) {
    const dataset = headerOf(header);
    const plan = analysisPlan(open);
    if (!plan) return { dataset, problems: [] };
    try {
      const outlook = await requireAnalysis(this.#surroundings.analysis).check(dataset, plan, signal);
      return { dataset: outlook.header, problems: outlook.problems.map(publicProblem) };
    } catch (error) {
      return { dataset: undefined, problems: [publicProblem(toProblem(error))] };
    }
  }
}

async function describe(exporter: Exporter, signal: AbortSignal) {
  try {
    return { format: await exporter.describe(signal) };
  } catch (error) {
    const fault: Problem = { ...publicProblem(toProblem(error)), field: `formats.${exporter.format}` };
    return { problem: fault };
  }
}
