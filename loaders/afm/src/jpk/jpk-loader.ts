import { jsonSchemaOf, type Loader, requireOptions } from "@sluice/core";
import { withHdf5 } from "@sluice/hdf5";
import { openSource } from "@sluice/source";
import * as v from "valibot";
import { jpkDataset } from "./dataset.ts";
import { readFrames } from "./frames.ts";
import { openRecording } from "./recording.ts";

const options = v.strictObject({
  channel: v.pipe(
    v.optional(v.string(), "height_trace"),
    v.description('Channel with its direction, in any case, e.g. "measuredHeight_retrace"'),
  ),
  measurement: v.pipe(
    v.optional(v.string()),
    v.description('Measurement, e.g. "Measurement_001"; the first of the file unless named'),
  ),
  values: v.pipe(
    v.optional(v.picklist(["height", "raw"]), "height"),
    v.description("height: quantities as float32; raw: the stored numbers, with their scale and offset"),
  ),
});

/** Reads image series of JPK (Bruker) instruments, one channel of one measurement at a time. */
export const jpkLoader: Loader = {
  format: {
    name: "h5-jpk",
    summary: "Image series of JPK (Bruker) atomic force microscopes",
    extensions: [".h5-jpk"],
    get optionSchema() {
      return jsonSchemaOf(options);
    },
  },
  exactOptions: { values: "raw" },
  recognises: (path) => path.toLowerCase().endsWith(".h5-jpk"),
  load: async (path, raw, signal) => {
    const { channel, measurement, values } = requireOptions(options, raw, "options");
    await (await openSource(path)).close();
    const header = await withHdf5(
      path,
      async (file) => jpkDataset(await openRecording(file, measurement, channel), path, values),
      signal,
    );
    return { header, frames: readFrames({ path, measurement, channel, values }, signal) };
  },
};
