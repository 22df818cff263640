export type { ChunkFacts } from "./chunks.ts";
export type { DatasetFacts } from "./dataset.ts";
export { type FileFacts, readStructure } from "./structure.ts";
