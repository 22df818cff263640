import type { ExportResponse, ListFormatsResponse, ValidateExportRequest, ValidateExportResponse } from "@sluice/proto";
import { exportServiceDefinition } from "./definition.ts";
import type { Endpoint } from "./endpoint.ts";
import { type CallLimits, type ClientCall, ServiceClient } from "./service-client.ts";

/** The client's end of an Export call: encoded requests out, responses in. */
export type ExportCall = ClientCall<ExportResponse>;

/** Calls one ExportService: a format service or a gateway. Errors are SluiceErrors. */
export class ExportClient {
  readonly #client: ServiceClient;

  constructor(endpoint: Endpoint) {
    this.#client = new ServiceClient(endpoint);
  }

  listFormats(signal?: AbortSignal): Promise<ListFormatsResponse> {
    return this.#client.unary(exportServiceDefinition.listFormats, {}, signal);
  }

  validate(request: ValidateExportRequest, signal?: AbortSignal): Promise<ValidateExportResponse> {
    return this.#client.unary(exportServiceDefinition.validateExport, request, signal);
  }

  /** Opens an Export call. An abort cancels it. */
  export(limits: CallLimits = {}): ExportCall {
    return this.#client.stream(exportServiceDefinition.export, limits);
  }

  /** Lets open calls finish and takes no new ones. */
  close(): void {
    this.#client.close();
  }
}
