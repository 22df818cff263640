import * as grpc from "@grpc/grpc-js";
import { SluiceError } from "@sluice/core";
import { channelOptions } from "./channel-options.ts";
import type { ClientTls, Endpoint } from "./endpoint.ts";
import { withMessageBuffer } from "./message-buffer.ts";
import { letPayloadsGrow } from "./payload-heap.ts";
import { problemOf } from "./status.ts";

/** How long a call may take and who may stop it. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: Date | undefined;
}

/** The client's end of a call that streams both ways: encoded messages out, responses in. */
export type ClientCall<Response> = grpc.ClientDuplexStream<Buffer, Response>;

/** What a client needs of the definition of such a call. */
type StreamMethod<Response> = Pick<
  grpc.MethodDefinition<Buffer, Response>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

const endedCalls = new WeakSet<object>();

/** True when the status of the call has come. grpc-js tells it by events alone. */
export function hasEnded(call: ClientCall<unknown>): boolean {
  return endedCalls.has(call);
}

/** Milliseconds that a call without a stream may take. */
const unaryTimeoutMs = 30_000;

/** Calls one service. Errors are SluiceErrors. */
export class ServiceClient {
  readonly #client: grpc.Client;
  readonly #token: string | undefined;

  constructor(endpoint: Endpoint) {
    letPayloadsGrow();
    this.#token = endpoint.token;
    this.#client = new grpc.Client(endpoint.address, credentialsOf(endpoint.tls), channelOptions(endpoint));
  }

  /** Opens a call that streams both ways. An abort cancels it. */
  stream<Response>(method: StreamMethod<Response>, { signal, deadline }: CallLimits = {}): ClientCall<Response> {
    signal?.throwIfAborted();
    const options = deadline ? { deadline } : {};
    const { path, requestSerialize, responseDeserialize } = method;
    const call = withMessageBuffer(() =>
      this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata(), options),
    );
    call.once("status", () => endedCalls.add(call));
    cancelOnAbort(call, signal);
    return call;
  }

  async unary<Request, Response>(
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

  /** Lets open calls finish and takes no new ones. */
  close(): void {
    this.#client.close();
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

function cancelOnAbort(call: grpc.ClientUnaryCall | ClientCall<unknown>, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  call.once("status", () => signal.removeEventListener("abort", cancel));
}
