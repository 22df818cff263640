import * as grpc from "@grpc/grpc-js";
import { type Endpoint, ExportClient } from "../client.ts";
import { exportServiceDefinition } from "../definition.ts";
import type { ExportServerCall } from "../reader.ts";
import { createServer, type ServerOptions } from "../server.ts";

/** A server on a port of its own whose Export handler is given, and a client of it. */
export interface Loopback extends AsyncDisposable {
  readonly server: grpc.Server;
  readonly client: ExportClient;
  readonly port: number;
}

export interface LoopbackOptions extends ServerOptions {
  readonly endpoint?: Partial<Endpoint>;
  readonly credentials?: grpc.ServerCredentials;
}

/** Serves `handler` on 127.0.0.1. A handler that fails fails the test's call, not the process. */
export async function loopback(
  handler: (call: ExportServerCall) => Promise<void>,
  { endpoint, credentials = grpc.ServerCredentials.createInsecure(), ...options }: LoopbackOptions = {},
): Promise<Loopback> {
  const server = createServer(options);
  server.addService(exportServiceDefinition, {
    export: (call: ExportServerCall) => {
      handler(call).catch((error: unknown) => call.emit("error", error));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const client = new ExportClient({ address: `127.0.0.1:${port}`, ...endpoint });
  return {
    server,
    client,
    port,
    async [Symbol.asyncDispose]() {
      client.close();
      server.forceShutdown();
    },
  };
}
