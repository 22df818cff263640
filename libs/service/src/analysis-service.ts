import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { type Analysis, headerFrames, SluiceError, untilAborted } from "@sluice/core";
import type { ListStepsRequest, ValidateAnalysisRequest, ValidateAnalysisResponse } from "@sluice/proto";
import { headerOf, publicProblem, readAnalyze, replyStream, type StreamServerCall } from "@sluice/transport";
import { analysisPlan } from "./analysis-plan.ts";
import type { Configuration } from "./configuration.ts";
import { requireValidHeader, streamLimits, withinOpening } from "./incoming-stream.ts";
import type { Logger } from "./logs.ts";
import type { StreamCalls } from "./stream-calls.ts";
import { unaryCall } from "./unary-call.ts";

/** What Analyze calls are served with. */
export interface AnalysisSurroundings {
  readonly analysis: Analysis;
  readonly configuration: Configuration;
  readonly log: Logger;
}

/** The AnalysisService: frames in, frames out, at the pace of the caller. */
export class AnalysisService {
  readonly handlers: UntypedServiceImplementation;
  readonly #surroundings: AnalysisSurroundings;

  constructor(surroundings: AnalysisSurroundings, calls: StreamCalls) {
    const { analysis, log } = surroundings;
    this.#surroundings = surroundings;
    this.handlers = {
      analyze: (call: StreamServerCall) =>
        calls.run("analysis", call, async (signal, note) => {
          await this.#analyze(call, signal, note);
          return "info";
        }),
      listSteps: unaryCall(log, "ListSteps", async (_request: ListStepsRequest, signal) => ({
        steps: await analysis.steps(signal),
      })),
      validateAnalysis: unaryCall(log, "ValidateAnalysis", (request: ValidateAnalysisRequest, signal) =>
        this.#validate(request, signal),
      ),
    };
  }

  async #analyze(call: StreamServerCall, signal: AbortSignal, note: (fields: object) => void): Promise<void> {
    const { analysis, configuration } = this.#surroundings;
    const { open, stream } = await withinOpening(configuration, signal, (onOpen) =>
      readAnalyze(call, { limits: streamLimits(configuration), onOpen }),
    );
    note({ job: open.jobId, steps: open.steps.map((step) => step.name) });
    requireValidHeader(stream.header);
    const plan = analysisPlan(open);
    if (!plan) throw stepsMissing();
    const input = { ...stream, frames: untilAborted(stream.frames, signal) };
    await replyStream(call, await analysis.apply(input, plan, signal));
  }

  async #validate({ open, header }: ValidateAnalysisRequest, signal: AbortSignal): Promise<ValidateAnalysisResponse> {
    const plan = analysisPlan(open);
    if (!plan) throw stepsMissing();
    const outlook = await this.#surroundings.analysis.check(headerOf(header), plan, signal);
    return {
      problems: outlook.problems.map(publicProblem),
      header: outlook.header ? headerFrames(outlook.header) : [],
    };
  }
}

function stepsMissing(): SluiceError {
  return new SluiceError({
    reason: "STEPS_MISSING",
    message: "An analysis needs at least one step.",
    field: "open.steps",
    remedy: "Name a step; ListSteps lists them.",
  });
}
