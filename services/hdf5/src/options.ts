import { packingOptionEntries } from "@sluice/hdf5";
import * as v from "valibot";
import { spikelabOptionEntries } from "./profiles/spikelab/options.ts";

/** Options of the exporter. Those that belong to one profile alone say so; another profile refuses them. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["auto", "generic", "playnano", "spikelab"]),
      v.description(
        "Layout of the file. generic: everything the stream holds. auto: the same; playNano loads it, too, where it is a " +
          "movie of an atomic force microscope. playnano: its bundle alone. spikelab: spike trains that SpikeLab loads, " +
          "in the given style.",
      ),
    ),
    "auto",
  ),
  ...packingOptionEntries,
  chunkShape: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
      v.minLength(1),
      v.description(
        "auto, generic: chunks of the arrays of this many axes, e.g. [1, 512, 512]; without it about 1 MiB each.",
      ),
    ),
  ),
  checkpointMiB: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description(
        "Makes the file complete on disk whenever so many MiB have come: what is left of a killed export is readable up " +
          "to there. Files in directories alone; without it never.",
      ),
    ),
  ),
  ...spikelabOptionEntries,
});

export type Hdf5Options = v.InferOutput<typeof optionSchema>;
