export * from "./spike-stream.ts";
