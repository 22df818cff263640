import type { Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "../../load-options.ts";
import type { Reading } from "../../reading.ts";
import { readForeign } from "./foreign.ts";
import { isOwn, readOwn } from "./own.ts";
import { partFrames } from "./part-frames.ts";

/** Files of our own layout as they were written; of any other file, all that a dataset stream can hold. */
export const generic: Reading = {
  name: "generic",
  recognises: async () => true,
  load: async (file, path, options, signal) => {
    const { header, parts } = await contentOf(file, path, options);
    return { header, frames: partFrames(path, parts, signal) };
  },
};

async function contentOf(file: Hdf5File, path: string, { dataset, axes }: LoadOptions) {
  if (dataset === undefined && axes === undefined && (await isOwn(file))) return readOwn(file);
  return readForeign(file, path, `/${(dataset ?? "/").split("/").filter(Boolean).join("/")}`, axes);
}
