export * from "./memory-sink.ts";
