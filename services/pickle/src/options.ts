import * as v from "valibot";
import { protocols } from "./python/opcodes.ts";
import { objectNames } from "./spikelab/objects.ts";

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["generic", "spikelab"]),
      v.description(
        "generic: one dict of NumPy arrays and plain objects, which loads with NumPy alone. spikelab: an object of " +
          "one of SpikeLab's classes, which loads where that package is installed.",
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
  object: v.optional(
    v.pipe(
      v.picklist(objectNames),
      v.description(
        "Class of SpikeLab's; profile spikelab alone. Default: SpikeData where there are spikes, else what the one " +
          "array is that SpikeLab has a class for; that of the option array, if it is given.",
      ),
    ),
  ),
  array: v.optional(
    v.pipe(v.string(), v.description("Array that becomes a RateData or PairwiseCompMatrix, where there are several.")),
  ),
  rateUnit: v.optional(
    v.pipe(
      v.picklist(["Hz", "kHz"]),
      v.description("Unit of a RateData. Default Hz; SpikeLab's sliding_rate has kHz."),
    ),
  ),
  rawTraces: v.optional(v.pipe(v.boolean(), v.description("Write the raw traces of a SpikeData. Default true."))),
});

export type PickleOptions = v.InferOutput<typeof optionSchema>;
