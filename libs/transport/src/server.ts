import * as grpc from "@grpc/grpc-js";
import { defaultMaxMessageBytes, keepalive } from "./channel-options.ts";
import { messageBufferInterceptor } from "./message-buffer.ts";
import { letPayloadsGrow } from "./payload-heap.ts";
import { defaultWindowBytes, withServerWindow } from "./server-window.ts";

export interface ServerOptions {
  /** HTTP/2 receive window per stream and per connection; default 1 MiB, 8 MiB for peers far away. */
  readonly windowBytes?: number | undefined;
  /** Largest message taken; default 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  readonly interceptors?: grpc.ServerInterceptor[] | undefined;
}

/** A grpc-js server with a receive window that uploads need. */
export function createServer(options: ServerOptions = {}): grpc.Server {
  letPayloadsGrow();
  return new WideServer(options);
}

class WideServer extends grpc.Server {
  readonly #windowBytes: number;

  constructor({ windowBytes, maxMessageBytes, interceptors }: ServerOptions) {
    super({
      ...keepalive,
      "grpc.max_receive_message_length": maxMessageBytes ?? defaultMaxMessageBytes,
      "grpc.max_send_message_length": -1,
      interceptors: [...(interceptors ?? []), messageBufferInterceptor],
    });
    this.#windowBytes = windowBytes ?? defaultWindowBytes;
  }

  override bindAsync(
    address: string,
    credentials: grpc.ServerCredentials,
    callback: (error: Error | null, port: number) => void,
  ): void {
    withServerWindow(this.#windowBytes, () => super.bindAsync(address, credentials, callback));
  }
}
