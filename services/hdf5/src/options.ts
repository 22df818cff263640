import * as v from "valibot";
import { playnanoOptionEntries } from "./profiles/playnano/options.ts";
import { spikelabOptionEntries } from "./profiles/spikelab/options.ts";

/** Options of the exporter. Those that belong to one profile alone say so; another profile refuses them. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["generic", "playnano", "spikelab"]),
      v.description(
        "Layout of the file. generic: everything the stream holds. playnano: bundle that playNano loads. " +
          "spikelab: spike trains that SpikeLab loads, in the given style.",
      ),
    ),
    "generic",
  ),
  compression: v.optional(
    v.pipe(v.picklist(["deflate", "none"]), v.description("deflate: every reader. none: fastest.")),
    "deflate",
  ),
  level: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(9),
      v.description("Deflate level; without it deflate fits itself to the data."),
    ),
  ),
  shuffle: v.optional(
    v.pipe(v.boolean(), v.description("Group the bytes of elements by significance before deflate.")),
    true,
  ),
  chunkShape: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
      v.minLength(1),
      v.description(
        "generic: chunks of the arrays of this many axes, e.g. [1, 512, 512]; without it about 1 MiB each.",
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
  ...playnanoOptionEntries,
  ...spikelabOptionEntries,
});

export type Hdf5Options = v.InferOutput<typeof optionSchema>;
