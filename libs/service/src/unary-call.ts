import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { toProblem } from "@sluice/core";
import { callSignal, statusOf } from "@sluice/transport";
import { problemFields } from "./call-log.ts";
import type { Logger } from "./logs.ts";
import { secondsSince } from "./stream-calls.ts";

/** The handler of a call without a stream: its answer or the problem it ends with, and a line in the log. */
export function unaryCall<Request, Response>(
  log: Logger,
  method: string,
  work: (request: Request, signal: AbortSignal) => Promise<Response>,
) {
  return async (call: ServerUnaryCall<Request, Response>, answer: sendUnaryData<Response>): Promise<void> => {
    const begin = performance.now();
    try {
      const response = await work(call.request, callSignal(call));
      log.info({ method, code: "OK", seconds: secondsSince(begin) }, "call ended");
      answer(null, response);
    } catch (error) {
      const fault = toProblem(error);
      log.warn({ method, ...problemFields(fault, error), seconds: secondsSince(begin) }, "call ended");
      answer(statusOf(fault));
    }
  };
}
