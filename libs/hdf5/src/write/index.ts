export type { AttributeSet } from "./attribute-set.ts";
export type { DeflateOption } from "./chunk-filter.ts";
export type { ChunkCounts } from "./chunked-storage.ts";
export type { Hdf5Data } from "./data.ts";
export type { DatasetOptions, StorageOptions } from "./dataset-plan.ts";
export type { DatasetWriter } from "./dataset-writer.ts";
export type { MaximumShape } from "./dataspace-message.ts";
export type { DataOptions, GroupWriter } from "./group-writer.ts";
export { Hdf5Writer, type Hdf5WriterOptions } from "./hdf5-writer.ts";
export {
  type Filters,
  filtersOf,
  type PackingOptions,
  packingOptionEntries,
  packingProblems,
} from "./packing.ts";
export { type Compound, compound, type FixedText, fixedText, type Hdf5Type, type Member } from "./type.ts";
export type { Hdf5Members, Hdf5Value } from "./value.ts";
