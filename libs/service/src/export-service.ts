import { type ServerUnaryCall, type sendUnaryData, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { Code, type DatasetHeader, type Exporter, forecast, problem, SluiceError, toProblem } from "@sluice/core";
import type {
  ArraySpec,
  DatasetSpec,
  Forecast,
  Frame,
  ListFormatsRequest,
  ListFormatsResponse,
  Problem,
  TableSpec,
  ValidateExportRequest,
  ValidateExportResponse,
} from "@sluice/proto";
import { callSignal, type ExportServerCall, halfClosed, publicProblem, statusOf } from "@sluice/transport";
import { problemFields } from "./call-log.ts";
import { type ExportSurroundings, runExportCall } from "./export-call.ts";
import { branchName, planBranch, withWarnings } from "./export-plan.ts";

/** The ExportService of a list of exporters, local or remote. */
export class ExportService {
  readonly #surroundings: ExportSurroundings;
  readonly #running = new Map<AbortController, Promise<void>>();

  constructor(surroundings: ExportSurroundings) {
    this.#surroundings = surroundings;
  }

  readonly handlers: UntypedServiceImplementation = {
    export: (call: ExportServerCall) => {
      const controller = new AbortController();
      this.#running.set(
        controller,
        this.#export(call, controller).finally(() => this.#running.delete(controller)),
      );
    },
    listFormats: this.#unary("ListFormats", (_request: ListFormatsRequest, signal) => this.#listFormats(signal)),
    validateExport: this.#unary("ValidateExport", (request: ValidateExportRequest, signal) =>
      this.#validate(request, signal),
    ),
  };

  /** Stops all running exports, which end with this error and leave nothing behind. */
  abort(reason: SluiceError): void {
    for (const controller of this.#running.keys()) controller.abort(reason);
  }

  /** Resolves when no export runs and none has anything left to remove. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #export(call: ExportServerCall, controller: AbortController): Promise<void> {
    const { log, configuration } = this.#surroundings;
    const begin = performance.now();
    let known = {};
    const note = (fields: object) => {
      known = { ...known, ...fields };
    };
    const gone = callSignal(call);
    gone.addEventListener("abort", () => controller.abort(gone.reason), { once: true });
    const limit = setTimeout(
      () => controller.abort(tooLong(configuration.limitSeconds)),
      configuration.limitSeconds * 1000,
    );
    try {
      if (this.#running.size >= configuration.limitCalls) throw tooManyCalls(configuration.limitCalls);
      const summary = await runExportCall(call, this.#surroundings, controller.signal, note);
      await halfClosed(call);
      call.end();
      const level = summary.branches.some((branch) => branch.error) ? "warn" : "info";
      log[level]({ ...known, code: "OK", seconds: secondsSince(begin) }, "export ended");
    } catch (error) {
      const fault = toProblem(error);
      call.emit("error", statusOf(fault));
      const level = fault.grpcCode === Code.CANCELLED ? "info" : "warn";
      log[level]({ ...known, ...problemFields(fault, error), seconds: secondsSince(begin) }, "export ended");
    } finally {
      clearTimeout(limit);
    }
  }

  #unary<Request, Response>(method: string, work: (request: Request, signal: AbortSignal) => Promise<Response>) {
    return async (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): Promise<void> => {
      const { log } = this.#surroundings;
      const begin = performance.now();
      try {
        const response = await work(call.request, callSignal(call));
        log.info({ method, code: "OK", seconds: secondsSince(begin) }, "call ended");
        answer(null, response);
      } catch (error) {
        const fault = toProblem(error);
        log.warn({ method, ...problemFields(fault, error), seconds: secondsSince(begin) }, "call ended");
        answer(statusOf(fault));
      }
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
    const dataset = headerOf(header);
    const forecasts = (open?.branches ?? []).map(async (branch, index): Promise<Forecast> => {
      try {
        const planned = planBranch(branch, index, this.#surroundings);
        const exporter = withWarnings(planned.exporter, branchName(planned, dataset).warnings);
        const [told] = await forecast(dataset, [{ ...planned, exporter }], signal);
        return { ...told!, problems: told!.problems.map(publicProblem) };
      } catch (error) {
        const problems = [publicProblem({ ...toProblem(error), branchId: branch.branchId })];
        return { branchId: branch.branchId, problems, losses: [], artifactBytes: undefined, memoryBytes: 0 };
      }
    });
    return { forecasts: await Promise.all(forecasts) };
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

function headerOf(frames: readonly Frame[]): DatasetHeader {
  let dataset: DatasetSpec | undefined;
  const arrays: ArraySpec[] = [];
  const tables: TableSpec[] = [];
  for (const [index, { content }] of frames.entries()) {
    if (content?.$case === "dataset" && !dataset) dataset = content.value;
    else if (content?.$case === "array") arrays.push(content.value);
    else if (content?.$case === "table") tables.push(content.value);
    else throw headerMalformed(`header[${index}]`, content?.$case ?? "a frame without content");
  }
  if (!dataset) throw headerMalformed("header", "no dataset");
  return { dataset, arrays, tables };
}

function headerMalformed(field: string, got: string): SluiceError {
  return new SluiceError({
    reason: "HEADER_MALFORMED",
    message: "A header is one dataset, then its arrays and tables.",
    field,
    got,
    allowed: ["dataset", "array", "table"],
    remedy: "Send the frames that come before the first data.",
  });
}

function tooManyCalls(limit: number): SluiceError {
  return new SluiceError(
    problem({
      reason: "BUSY",
      message: "The service runs as many exports as it may.",
      field: "limits.calls",
      allowed: [`at most ${limit} exports at once`],
      remedy: "Try again later, or ask another instance.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
      retryable: true,
    }),
  );
}

function tooLong(seconds: number): SluiceError {
  return new SluiceError({
    reason: "LIMIT_EXCEEDED",
    message: "The export took longer than this service allows.",
    field: "limits.seconds",
    allowed: [`at most ${seconds} seconds`],
    remedy: "Split the dataset, or ask the operator of the service for a higher limit.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  });
}

function secondsSince(begin: number): number {
  return Math.round(performance.now() - begin) / 1000;
}
