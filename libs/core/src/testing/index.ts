export * from "./memory-stream.ts";
export * from "./past-deadline.ts";
export * from "./problem-of.ts";
export * from "./test-context.ts";
