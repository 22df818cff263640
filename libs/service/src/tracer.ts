import { trace } from "@opentelemetry/api";

/** Name of the tracer and the meter of every Sluice process. */
export const instrumentationName = "sluice";

/** The tracer; it does nothing until telemetry is started. */
export function tracer() {
  return trace.getTracer(instrumentationName);
}

/** W3C trace id of the active span; empty without telemetry. */
export function activeTraceId(): string {
  return trace.getActiveSpan()?.spanContext().traceId ?? "";
}
