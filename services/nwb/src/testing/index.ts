export * from "./export-to-memory.ts";
export * from "./session.ts";
export * from "./with-file.ts";
