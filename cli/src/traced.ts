import { SpanStatusCode } from "@opentelemetry/api";
import { describeProblem, toProblem } from "@sluice/core";
import { startTelemetry, tracer } from "@sluice/service/in-process";

/** Runs a command under a span of its own, sent where the standard OTEL_* variables say; without them it only runs. */
export async function traced<Result>(command: string, work: () => Promise<Result>): Promise<Result> {
  const telemetry = await startTelemetry("sluice-cli");
  try {
    return await tracer().startActiveSpan(`sluice ${command}`, async (span) => {
      try {
        return await work();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: describeProblem(toProblem(error)) });
        throw error;
      } finally {
        span.end();
      }
    });
  } finally {
    await telemetry?.stop();
  }
}
