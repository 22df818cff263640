export * from "@sluice/source/testing";
export * from "./export-to-memory.ts";
export * from "./session.ts";
