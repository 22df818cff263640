import { imageAxesSchema } from "@sluice/core";
import * as v from "valibot";
import { spikelabLoadEntries } from "./read/spikelab/options.ts";

/** Options of the loader. Those that belong to one profile alone have no default; another profile refuses them. */
export const loadOptionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["auto", "generic", "playnano", "spikelab"]),
      v.description("Layout of the file; auto: as its content is laid out."),
    ),
    "auto",
  ),
  dataset: v.optional(
    v.pipe(v.string(), v.description("generic: path of the one dataset or group to read, e.g. /entry/data.")),
  ),
  axes: v.optional(
    v.pipe(imageAxesSchema, v.description('generic: axes of this dataset, e.g. "tyx"; it becomes the image.')),
  ),
  ...spikelabLoadEntries,
});

export type LoadOptions = v.InferOutput<typeof loadOptionSchema>;
