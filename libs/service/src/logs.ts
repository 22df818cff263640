import { isSpanContextValid, trace } from "@opentelemetry/api";
import { pino } from "pino";
import type { Configuration } from "./configuration.ts";

/** Writes JSON lines. What is logged is named field by field, so that neither payloads nor secrets get in. */
export type Logger = pino.Logger;

/**
 * A logger whose lines carry the ids of the active span.
 *
 * @param service name that every line carries
 * @param destination standard error unless given
 */
export function createLogger(
  service: string,
  level: Configuration["logLevel"],
  destination: pino.DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceIds,
    },
    destination,
  );
}

function traceIds(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
