import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  ServerListenerBuilder,
} from "@grpc/grpc-js";
import { Code, SluiceError } from "@sluice/core";
import { statusOf } from "@sluice/transport";
import { isHealthMethod, isReflectionMethod } from "./methods.ts";

/** Lets calls in until it is closed. */
export class CallGate {
  #closed = false;
  /** Calls that would go on for ever: health watches and reflection. */
  readonly #endless = new Set<ServerInterceptingCallInterface>();

  /** Refuses calls once the gate is closed: UNAVAILABLE, so that clients try another instance. */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const endless = isHealthMethod(path) || isReflectionMethod(path);
    const gated = new ServerInterceptingCall(call, {
      start: (next) =>
        next(
          new ServerListenerBuilder()
            .withOnReceiveMetadata((metadata, proceed) => {
              if (this.#closed && !endless) {
                gated.sendStatus(statusOf(shuttingDown().problem));
                return;
              }
              if (endless) this.#endless.add(gated);
              proceed(metadata);
            })
            .withOnCancel(() => this.#endless.delete(gated))
            .build(),
        ),
    });
    return gated;
  };

  /** Refuses new calls and ends those that would never end by themselves. */
  close(): void {
    this.#closed = true;
    for (const call of this.#endless) call.sendStatus(statusOf(shuttingDown().problem));
  }
}

/** The error of calls that a stopping service refuses or cuts short. */
export function shuttingDown(): SluiceError {
  return new SluiceError({
    reason: "SHUTTING_DOWN",
    message: "This instance of the service is stopping.",
    remedy: "Try again: another instance may answer.",
    grpcCode: Code.UNAVAILABLE,
    retryable: true,
  });
}
