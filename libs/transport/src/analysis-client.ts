import type { ListStepsResponse, ValidateAnalysisRequest, ValidateAnalysisResponse } from "@sluice/proto";
import { analysisServiceDefinition } from "./definition.ts";
import type { Endpoint } from "./endpoint.ts";
import { type CallLimits, type ClientCall, ServiceClient } from "./service-client.ts";

/** The client's end of an Analyze call: encoded messages both ways. */
export type AnalyzeCall = ClientCall<Buffer>;

/** Calls one AnalysisService. Errors are SluiceErrors. */
export class AnalysisClient {
  readonly #client: ServiceClient;

  constructor(endpoint: Endpoint) {
    this.#client = new ServiceClient(endpoint);
  }

  listSteps(signal?: AbortSignal): Promise<ListStepsResponse> {
    return this.#client.unary(analysisServiceDefinition.listSteps, {}, signal);
  }

  validate(request: ValidateAnalysisRequest, signal?: AbortSignal): Promise<ValidateAnalysisResponse> {
    return this.#client.unary(analysisServiceDefinition.validateAnalysis, request, signal);
  }

  /** Opens an Analyze call. An abort cancels it. */
  analyze(limits: CallLimits = {}): AnalyzeCall {
    return this.#client.stream(analysisServiceDefinition.analyze, limits);
  }

  /** Lets open calls finish and takes no new ones. */
  close(): void {
    this.#client.close();
  }
}
