export * from "./memory-sink.ts";
export * from "./object-server.ts";
