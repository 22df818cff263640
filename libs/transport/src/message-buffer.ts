import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "node:stream";
import * as grpc from "@grpc/grpc-js";

/** Messages that a call keeps in front of a reader that is slower than its peer. */
export const bufferedMessages = 4;

/**
 * Runs `makeCall`, whose streams of messages then buffer {@link bufferedMessages} instead of Node's 16, which at 1 MiB a
 * message is most of what a call holds. grpc-js has no option for it, and makes its streams synchronously.
 */
export function withMessageBuffer<Result>(makeCall: () => Result): Result {
  const before = getDefaultHighWaterMark(true);
  setDefaultHighWaterMark(true, bufferedMessages);
  try {
    return makeCall();
  } finally {
    setDefaultHighWaterMark(true, before);
  }
}

/** The same for the calls of a server. It must be the last interceptor: the next step makes the handler's stream. */
export const messageBufferInterceptor: grpc.ServerInterceptor = (_method, call) =>
  new grpc.ServerInterceptingCall(call, {
    start: (next) => next({ onReceiveMetadata: (metadata, receive) => withMessageBuffer(() => receive(metadata)) }),
  });
