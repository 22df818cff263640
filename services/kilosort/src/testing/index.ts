export * from "./folders.ts";
export * from "./loaded.ts";
