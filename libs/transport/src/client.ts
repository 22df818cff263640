import * as grpc from "@grpc/grpc-js";
import { SluiceError } from "@sluice/core";
import type { ExportResponse, ListFormatsResponse, ValidateExportRequest, ValidateExportResponse } from "@sluice/proto";
import { channelOptions } from "./channel-options.ts";
import { exportServiceDefinition } from "./definition.ts";
import { withMessageBuffer } from "./message-buffer.ts";
import { letPayloadsGrow } from "./payload-heap.ts";
import { problemOf } from "./status.ts";

/** Where a service is and how to speak to it. */
export interface Endpoint {
  /** "host:port", "dns:///host:port" or "unix:/path". */
  readonly address: string;
  /** TLS when given; certificate and key for mutual TLS. PEM. */
  readonly tls?: ClientTls | undefined;
  /** Bearer token sent with every call. Without TLS it travels in the clear: use that on a trusted network alone. */
  readonly token?: string | undefined;
  readonly interceptors?: grpc.Interceptor[] | undefined;
  /** HTTP/2 receive window; default 1 MiB. It bounds what the service sends; the service sets its own for uploads. */
  readonly windowBytes?: number | undefined;
}

export interface ClientTls {
  /** Authorities that may have signed the server's certificate; default: those of Node. */
  readonly ca?: Buffer | undefined;
  readonly certificate?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** Name that the server's certificate must carry, when it is not the address. */
  readonly serverName?: string | undefined;
}

/** How long a call may take and who may stop it. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: Date | undefined;
}

/** The client's end of an Export call: encoded requests out, responses in. */
export type ExportCall = grpc.ClientDuplexStream<Buffer, ExportResponse>;

const endedCalls = new WeakSet<ExportCall>();

/** True when the status of the call has come. grpc-js tells it by events alone. */
export function hasEnded(call: ExportCall): boolean {
  return endedCalls.has(call);
}

/** Milliseconds that listing and validating may take. */
const unaryTimeoutMs = 30_000;

/** Calls one ExportService: a format service or a gateway. Errors are SluiceErrors. */
export class ExportClient {
  readonly #client: grpc.Client;
  readonly #token: string | undefined;

  constructor(endpoint: Endpoint) {
    letPayloadsGrow();
    this.#token = endpoint.token;
    this.#client = new grpc.Client(endpoint.address, credentialsOf(endpoint.tls), channelOptions(endpoint));
  }

  listFormats(signal?: AbortSignal): Promise<ListFormatsResponse> {
    return this.#unary(exportServiceDefinition.listFormats, {}, signal);
  }

  validate(request: ValidateExportRequest, signal?: AbortSignal): Promise<ValidateExportResponse> {
    return this.#unary(exportServiceDefinition.validateExport, request, signal);
  }

  /** Opens an Export call. An abort cancels it. */
  export({ signal, deadline }: CallLimits = {}): ExportCall {
    const { path, requestSerialize, responseDeserialize } = exportServiceDefinition.export;
    signal?.throwIfAborted();
    const options = deadline ? { deadline } : {};
    const call = withMessageBuffer(() =>
      this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata(), options),
    );
    call.once("status", () => endedCalls.add(call));
    cancelOnAbort(call, signal);
    return call;
  }

  /** Lets open calls finish and takes no new ones. */
  close(): void {
    this.#client.close();
  }

  async #unary<Request, Response>(
    method: grpc.MethodDefinition<Request, Response>,
    request: Request,
    signal?: AbortSignal,
  ): Promise<Response> {
    signal?.throwIfAborted();
    try {
      return await new Promise<Response>((resolve, reject) => {
        const call = this.#client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          this.#metadata(),
          { deadline: new Date(Date.now() + unaryTimeoutMs) },
          (error, response) => (error ? reject(error) : resolve(response as Response)),
        );
        cancelOnAbort(call, signal);
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new SluiceError(problemOf(error), { cause: error });
    }
  }

  #metadata(): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (this.#token !== undefined) metadata.set("authorization", `Bearer ${this.#token}`);
    return metadata;
  }
}

function credentialsOf(tls: ClientTls | undefined): grpc.ChannelCredentials {
  if (tls === undefined) return grpc.credentials.createInsecure();
  return grpc.credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.certificate ?? null);
}

function cancelOnAbort(call: grpc.ClientUnaryCall | ExportCall, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  call.once("status", () => signal.removeEventListener("abort", cancel));
}
