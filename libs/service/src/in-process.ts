// What a process needs that exports by itself: nothing here loads gRPC.
export * from "./configuration.ts";
export { objectStoreOf } from "./object-store.ts";
export { startTelemetry, type Telemetry } from "./telemetry.ts";
export { runTracedJob } from "./traced-job.ts";
export { tracer } from "./tracer.ts";
