import type { DatasetHeader, DatasetStream, ExportContext, Findings, Outlook } from "@sluice/core";
import type { Hdf5Writer } from "@sluice/hdf5";
import type { Hdf5Options } from "./options.ts";

/** What a profile knows of a file that is complete but for its closing. */
export interface Written extends Findings {
  readonly formatVersion: string;
}

/** One layout of an HDF5 file: which content goes to which path, with which types and attributes. */
export interface Profile {
  readonly name: Hdf5Options["profile"];
  /** Pure; names every complaint, loss and size at once. */
  check(header: DatasetHeader, options: Hdf5Options): Outlook;
  /** Drains the stream into an open file; the exporter opens and closes it. Only called when `check` found no error. */
  write(stream: DatasetStream, options: Hdf5Options, file: Hdf5Writer, context: ExportContext): Promise<Written>;
}
