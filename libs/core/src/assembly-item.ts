import type { ArraySpec, RaggedChunk, TableBatch, TableSpec } from "@sluice/proto";

/** One cell of the writer's grid; cells at the end of an axis may be short. `data` is C order, shared and read-only. */
export interface Block {
  readonly array: ArraySpec;
  readonly offset: readonly number[];
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** What an assembly gives. Every array ends once, at its true shape; the blocks of an array ascend on axis 0. */
export type AssemblyItem =
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "ragged"; readonly array: ArraySpec; readonly chunk: RaggedChunk }
  | { readonly kind: "batch"; readonly table: TableSpec; readonly batch: TableBatch }
  | { readonly kind: "end"; readonly array: ArraySpec; readonly shape: readonly number[] };
