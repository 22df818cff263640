import { basename, extname } from "node:path";
import { type DatasetStream, jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import { type Hdf5File, withHdf5 } from "@sluice/hdf5";
import { openSource } from "@sluice/source";
import { findContents } from "./read/contents.ts";
import { contentFrames } from "./read/frames.ts";
import { headerOf } from "./read/header.ts";
import { loadOptionSchema } from "./read/load-options.ts";

/** HDF5 File Format Specification, version 3, II.A. */
const signature = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

/** Reads NWB files in HDF5: units, electrodes, one series of voltages, trials and epochs; also those of SpikeLab. */
export const nwbLoader: Loader = {
  format: {
    name: "nwb",
    summary: "Neurodata Without Borders: units, electrodes, raw traces, trials, session; SpikeLab's files, too",
    extensions: [".nwb"],
    get optionSchema() {
      return jsonSchemaOf(loadOptionSchema);
    },
  },
  recognises: (path, head) =>
    path.toLowerCase().endsWith(".nwb") && Buffer.compare(head.subarray(0, signature.length), signature) === 0,
  load: async (path, raw, signal): Promise<DatasetStream> => {
    const options = requireOptions(loadOptionSchema, raw, "options");
    await (await openSource(path)).close();
    const load = async (file: Hdf5File) => {
      const found = await findContents(file, options);
      const header = await headerOf(file, found, options, basename(path, extname(path)));
      return { found, header };
    };
    const { found, header } = await withHdf5(path, load, signal);
    return { header, frames: { [Symbol.asyncIterator]: () => contentFrames(path, found, signal) } };
  },
};
