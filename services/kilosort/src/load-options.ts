import { timeUnits } from "@sluice/spikes";
import * as v from "valibot";

/** Options of the loader. */
export const loadOptions = v.strictObject({
  timeUnit: v.optional(
    v.pipe(
      v.picklist(timeUnits),
      v.description("Unit of spike_times.npy; by default what params.py says, else samples."),
    ),
  ),
  samplingRateHz: v.optional(
    v.pipe(v.number(), v.finite(), v.gtValue(0), v.description("Samples per second; by default that of params.py.")),
  ),
  includeNoise: v.pipe(v.optional(v.boolean(), false), v.description("Read clusters of the group noise, too.")),
  clusterInfo: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[^/\\]+\.(tsv|csv)$/, "a file of the folder, .tsv or .csv"),
      v.description("File with the table of the clusters; by default cluster_info.tsv, else all cluster_*.tsv."),
    ),
  ),
  lengthMs: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description(
        "Length of the recording; by default what params.py or the raw traces say, else up to the last spike.",
      ),
    ),
  ),
  unwhiten: v.pipe(
    v.optional(v.boolean(), true),
    v.description("Turn templates back into the space of the traces by whitening_mat_inv.npy, as Phy does."),
  ),
  rawTraces: v.pipe(v.optional(v.boolean(), true), v.description("Read the raw traces, where they lie in the folder.")),
});

export type LoadOptions = v.InferOutput<typeof loadOptions>;
