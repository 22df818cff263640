export * from "./memory-stream.ts";
export * from "./problem-of.ts";
export * from "./test-context.ts";
