import * as grpc from "@grpc/grpc-js";
import { type SluiceError, toProblem } from "@sluice/core";
import type {
  ExportResponse,
  ListFormatsResponse,
  Problem,
  ValidateExportRequest,
  ValidateExportResponse,
} from "@sluice/proto";
import { type ExportCall, ExportClient } from "../client.ts";
import { exportServiceDefinition } from "../definition.ts";
import type { Endpoint } from "../endpoint.ts";
import type { ExportServerCall } from "../reader.ts";
import { createServer, type ServerOptions } from "../server.ts";
import { problemOf, statusOf } from "../status.ts";

/** A server on a port of its own, and a client of it. */
export interface Loopback extends AsyncDisposable {
  readonly server: grpc.Server;
  readonly client: ExportClient;
  readonly port: number;
  /** What the handlers of the calls so far threw, undefined for those that did not. */
  readonly faults: Promise<SluiceError | undefined>[];
}

export interface LoopbackOptions extends ServerOptions {
  readonly endpoint?: Partial<Endpoint>;
  readonly credentials?: grpc.ServerCredentials;
  /** Handlers of the unary calls; without one a call is not implemented. */
  readonly listFormats?: (call: grpc.ServerUnaryCall<unknown, unknown>) => Promise<ListFormatsResponse>;
  readonly validateExport?: (request: ValidateExportRequest) => Promise<ValidateExportResponse>;
}

/** Serves `handler` on 127.0.0.1. What it throws ends its call. */
export async function loopback(
  handler: (call: ExportServerCall) => Promise<void>,
  {
    endpoint,
    credentials = grpc.ServerCredentials.createInsecure(),
    listFormats,
    validateExport,
    ...options
  }: LoopbackOptions = {},
): Promise<Loopback> {
  const server = createServer(options);
  const faults: Promise<SluiceError | undefined>[] = [];
  server.addService(exportServiceDefinition, {
    export: (call: ExportServerCall) => {
      const work = handler(call).then(
        () => undefined,
        (error: SluiceError) => {
          call.emit("error", statusOf(toProblem(error)));
          return error;
        },
      );
      faults.push(work);
    },
    ...(listFormats && { listFormats: unary((_request, call) => listFormats(call)) }),
    ...(validateExport && { validateExport: unary((request: ValidateExportRequest) => validateExport(request)) }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const client = new ExportClient({ address: `127.0.0.1:${port}`, ...endpoint });
  return {
    server,
    client,
    port,
    faults,
    async [Symbol.asyncDispose]() {
      client.close();
      server.forceShutdown();
    },
  };
}

function unary<Request, Response>(
  handler: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, answer) => {
    handler(call.request, call).then(
      (response) => answer(null, response),
      (error: unknown) => answer(statusOf(toProblem(error))),
    );
  };
}

/** How a call ended. */
export interface Outcome {
  readonly responses: readonly ExportResponse[];
  /** Why its status was not OK. */
  readonly problem: Problem | undefined;
}

/** Takes all responses of a call and waits for its end. */
export function outcomeOf(call: ExportCall): Promise<Outcome> {
  const responses: ExportResponse[] = [];
  return new Promise((resolve) => {
    call.on("data", (response: ExportResponse) => responses.push(response));
    call.once("error", (error) => resolve({ responses, problem: problemOf(error) }));
    call.once("end", () => resolve({ responses, problem: undefined }));
  });
}
