import type * as grpc from "@grpc/grpc-js";
import { Code, SluiceError } from "@sluice/core";

/** The server's end of a call of any kind. */
export type AnyServerCall = Pick<grpc.ServerDuplexStream<unknown, unknown>, "cancelled" | "getDeadline"> & {
  once(event: "cancelled", listener: () => void): unknown;
};

/** A client gives up at its own clock; its cancel may come this much before the server's deadline. */
const deadlineToleranceMs = 250;

/**
 * Aborts when the caller cancels, its deadline passes or its connection breaks; the reason is a SluiceError.
 * It also aborts once the service itself has ended the call.
 */
export function callSignal(call: AnyServerCall): AbortSignal {
  const controller = new AbortController();
  if (call.cancelled) controller.abort(cancellation(call));
  else call.once("cancelled", () => controller.abort(cancellation(call)));
  return controller.signal;
}

/** Why a cancelled call ended: its deadline, or its caller. */
export function cancellation(call: Pick<AnyServerCall, "getDeadline">): SluiceError {
  const deadline = Number(call.getDeadline());
  if (Date.now() + deadlineToleranceMs >= deadline) {
    return new SluiceError({
      reason: "DEADLINE_EXCEEDED",
      message: "The caller's deadline passed before the export was done.",
      remedy: "Allow more time.",
      grpcCode: Code.DEADLINE_EXCEEDED,
      retryable: true,
    });
  }
  return new SluiceError({
    reason: "CANCELLED",
    message: "The caller cancelled the export, or its connection broke.",
    grpcCode: Code.CANCELLED,
  });
}
