export * from "@sluice/source/testing";
export * from "@sluice/spikes/testing";
export * from "./export-to-memory.ts";
export * from "./gather.ts";
export * from "./random-stream.ts";
