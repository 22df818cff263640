export type { ChunkFacts } from "./chunks.ts";
export type { DatasetFacts } from "./dataset.ts";
export { type ExpectedTree, expectedTree, type PlainElement, type PlainType } from "./expected-tree.ts";
export { type ModelAttribute, type ModelDataset, type ModelGroup, randomTree } from "./random-tree.ts";
export { type FileFacts, readCheckpoint, readStructure } from "./structure.ts";
export { type BothWays, tellBothWays, whyLeft } from "./tell-file.ts";
export { writeTree } from "./write-tree.ts";
