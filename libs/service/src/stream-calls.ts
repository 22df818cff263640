import { Code, problem, SluiceError, toProblem } from "@sluice/core";
import { callSignal, halfClosed, type StreamServerCall, statusOf } from "@sluice/transport";
import { problemFields } from "./call-log.ts";
import type { Configuration } from "./configuration.ts";
import type { Logger } from "./logs.ts";

/** What a streaming call does up to its last response; returns how serious its line in the log is. */
export type StreamWork = (signal: AbortSignal, note: (fields: object) => void) => Promise<"info" | "warn">;

/** The streaming calls of a service that run: how many there may be, how long, and how they end. */
export class StreamCalls {
  readonly #configuration: Configuration;
  readonly #log: Logger;
  readonly #running = new Map<AbortController, Promise<void>>();

  constructor(configuration: Configuration, log: Logger) {
    this.#configuration = configuration;
    this.#log = log;
  }

  /**
   * Runs a call and ends it with the status of its work.
   *
   * @param kind for the log: "export", "analysis"
   */
  run(kind: string, call: StreamServerCall, work: StreamWork): void {
    const controller = new AbortController();
    this.#running.set(
      controller,
      this.#run(kind, call, controller, work).finally(() => this.#running.delete(controller)),
    );
  }

  /** Stops all running calls, which end with this error and leave nothing behind. */
  abort(reason: SluiceError): void {
    for (const controller of this.#running.keys()) controller.abort(reason);
  }

  /** Resolves when no call runs and none has anything left to remove. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(kind: string, call: StreamServerCall, controller: AbortController, work: StreamWork): Promise<void> {
    const { limitSeconds, limitCalls } = this.#configuration;
    const begin = performance.now();
    let known = {};
    const note = (fields: object) => {
      known = { ...known, ...fields };
    };
    const gone = callSignal(call);
    gone.addEventListener("abort", () => controller.abort(gone.reason), { once: true });
    const limit = setTimeout(() => controller.abort(tooLong(kind, limitSeconds)), limitSeconds * 1000);
    try {
      if (this.#running.size >= limitCalls) throw tooManyCalls(limitCalls);
      const level = await work(controller.signal, note);
      await halfClosed(call);
      call.end();
      this.#log[level]({ ...known, code: "OK", seconds: secondsSince(begin) }, `${kind} ended`);
    } catch (error) {
      const fault = toProblem(error);
      call.emit("error", statusOf(fault));
      const level = fault.grpcCode === Code.CANCELLED ? "info" : "warn";
      this.#log[level]({ ...known, ...problemFields(fault, error), seconds: secondsSince(begin) }, `${kind} ended`);
    } finally {
      clearTimeout(limit);
    }
  }
}

function tooManyCalls(limit: number): SluiceError {
  return new SluiceError(
    problem({
      reason: "BUSY",
      message: "The service runs as many exports as it may.",
      field: "limits.calls",
      allowed: [`at most ${limit} exports at once`],
      remedy: "Try again later, or ask another instance.",
      grpcCode: Code.RESOURCE_EXHAUSTED,
      retryable: true,
    }),
  );
}

function tooLong(kind: string, seconds: number): SluiceError {
  return new SluiceError({
    reason: "LIMIT_EXCEEDED",
    message: `The ${kind} took longer than this service allows.`,
    field: "limits.seconds",
    allowed: [`at most ${seconds} seconds`],
    remedy: "Split the dataset, or ask the operator of the service for a higher limit.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  });
}

/** Whole milliseconds since a reading of `performance.now()`, in seconds. */
export function secondsSince(begin: number): number {
  return Math.round(performance.now() - begin) / 1000;
}
