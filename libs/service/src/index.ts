export * from "./configuration.ts";
export { createLogger, type Logger } from "./logs.ts";
export { objectStoreOf } from "./object-store.ts";
export { type MainFlags, type MakeServed, runMain, type Served } from "./run-main.ts";
export { type RunningService, type ServeOptions, serve } from "./serve.ts";
export { startTelemetry, type Telemetry } from "./telemetry.ts";
export { serviceEndpoint } from "./tls.ts";
export { runTracedJob } from "./traced-job.ts";
export { tracer } from "./tracing.ts";
