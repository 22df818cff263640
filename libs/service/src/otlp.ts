// The one file that loads the OpenTelemetry SDK. telemetry.ts imports it when telemetry is switched on.
import { setTimeout as sleep } from "node:timers/promises";
import { context, type DiagLogger, DiagLogLevel, diag, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Signals, Telemetry } from "./telemetry.ts";

/** Milliseconds between metric exports unless OTEL_METRIC_EXPORT_INTERVAL says otherwise (the specification's default). */
const defaultMetricIntervalMs = 60_000;

/** Milliseconds that the last export may take; a collector that is away must not hold up the end of the process. */
const farewellMs = 2_000;

/** Registers the global providers. Endpoint, headers, certificates and batching are read by the SDK from OTEL_*. */
export function startOtlp(service: string, signals: Signals, complain: (complaint: string) => void): Telemetry {
  diag.setLogger(diagnosticLogger(complain), DiagLogLevel.WARN);
  setGlobalErrorHandler((error) =>
    complain(typeof error === "string" ? error : (error.message ?? "It failed without a reason.")),
  );
  const resource = defaultResource()
    .merge(resourceFromAttributes({ "service.name": service }))
    .merge(detectResources({ detectors: [envDetector] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const providers: { shutdown(): Promise<void> }[] = [];
  if (signals.traces) {
    const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
    const tracerProvider = new BasicTracerProvider({ resource, spanProcessors });
    trace.setGlobalTracerProvider(tracerProvider);
    providers.push(tracerProvider);
  }
  if (signals.metrics) {
    const exportIntervalMillis = Number(process.env.OTEL_METRIC_EXPORT_INTERVAL) || defaultMetricIntervalMs;
    const exportTimeoutMillis = Math.min(exportIntervalMillis, 30_000);
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis,
      exportTimeoutMillis,
    });
    const meterProvider = new MeterProvider({ resource, readers: [reader] });
    metrics.setGlobalMeterProvider(meterProvider);
    providers.push(meterProvider);
  }
  const stop = async () => {
    const ended = Promise.allSettled(providers.map((provider) => provider.shutdown()));
    await Promise.race([ended, sleep(farewellMs, undefined, { ref: false })]);
    diag.disable();
    trace.disable();
    metrics.disable();
    propagation.disable();
    context.disable();
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

function diagnosticLogger(complain: (complaint: string) => void): DiagLogger {
  const write = (message: string, ...details: unknown[]) => complain([message, ...details].join(" "));
  return { error: write, warn: write, info: write, debug: write, verbose: write };
}
