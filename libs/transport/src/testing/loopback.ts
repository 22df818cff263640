import * as grpc from "@grpc/grpc-js";
import { type SluiceError, toProblem } from "@sluice/core";
import type { ExportResponse, Problem } from "@sluice/proto";
import { type Endpoint, type ExportCall, ExportClient } from "../client.ts";
import { exportServiceDefinition } from "../definition.ts";
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
}

/** Serves `handler` on 127.0.0.1. What it throws ends its call. */
export async function loopback(
  handler: (call: ExportServerCall) => Promise<void>,
  { endpoint, credentials = grpc.ServerCredentials.createInsecure(), ...options }: LoopbackOptions = {},
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
