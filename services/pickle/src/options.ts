import * as v from "valibot";
import { protocols } from "./python/opcodes.ts";

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["generic", "spikelab"]),
      v.description(
        "generic: one dict of NumPy arrays and plain objects, which loads with NumPy alone. spikelab: an object of " +
          "SpikeLab's class SpikeData, which loads where that package is installed.",
      ),
    ),
    "generic",
  ),
  protocol: v.optional(
    v.pipe(
      v.picklist(protocols),
      v.description("Version of Python's pickle protocol. 2 and 3 keep less than 4 GiB in one array."),
    ),
    4,
  ),
  rawTraces: v.optional(
    v.pipe(v.boolean(), v.description("Write the raw traces; profile spikelab alone. Default true.")),
  ),
});

export type PickleOptions = v.InferOutput<typeof optionSchema>;
