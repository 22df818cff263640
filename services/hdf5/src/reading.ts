import type { DatasetStream } from "@sluice/core";
import type { Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "./load-options.ts";

/** One layout of an HDF5 file on the way back: the counterpart of a profile. */
export interface Reading {
  readonly name: "generic" | "playnano" | "spikelab";
  /** True when the content is laid out like this; looks at names and attributes alone. */
  recognises(file: Hdf5File): Promise<boolean>;
  /**
   * Reads the header from the open file, which is closed when the promise is settled. Iterating the stream's `frames`
   * opens the file at `path` again, and closes it however the iteration ends.
   */
  load(file: Hdf5File, path: string, options: LoadOptions, signal?: AbortSignal): Promise<DatasetStream>;
}
