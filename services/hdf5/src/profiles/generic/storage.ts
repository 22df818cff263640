import type { StorageOptions } from "@sluice/hdf5";
import type { Hdf5Options } from "../../options.ts";

/** Filters of a dataset with chunks. */
export function filtersOf({ compression, level, shuffle }: Hdf5Options): StorageOptions {
  return compression === "none" ? {} : { shuffle, deflate: level ?? "adaptive" };
}
