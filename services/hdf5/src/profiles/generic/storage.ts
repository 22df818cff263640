import { type Filters, filtersOf } from "@sluice/hdf5";
import type { Hdf5Options } from "../../options.ts";

/** How the datasets of a file are kept. */
export interface Storage {
  /** Of datasets with chunks. */
  readonly filters: Filters;
  /** Values whose number is not known wait in memory until a chunk is full; not so where checkpoints are to have them. */
  readonly holds: boolean;
}

/** The storage that the options ask for. */
export function storageOf(options: Hdf5Options): Storage {
  return { filters: filtersOf(options), holds: options.checkpointMiB === undefined };
}
