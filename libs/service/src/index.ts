export * from "./in-process.ts";
export { createLogger, type Logger } from "./logs.ts";
export { type MainFlags, type MakeServed, runMain, type Served } from "./run-main.ts";
export { type RunningService, type ServeOptions, serve } from "./serve.ts";
export { serviceEndpoint } from "./tls.ts";
