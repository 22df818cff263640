import type { StorageOptions } from "@sluice/hdf5";
import type { NwbOptions } from "./options.ts";

/** How datasets with chunks are kept. */
export type Filters = Pick<StorageOptions, "shuffle" | "deflate">;

/** The filters that the options ask for. */
export function filtersOf({ compression, level }: NwbOptions): Filters {
  return compression === "none" ? {} : { shuffle: true, deflate: level ?? "adaptive" };
}

/** Bytes of a chunk of samples. */
export const chunkBytes = 2 ** 20;
