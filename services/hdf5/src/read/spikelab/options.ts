import { timeUnits } from "@sluice/spikes";
import * as v from "valibot";
import { nameEntries, positive, styleSchema } from "../../profiles/spikelab/options.ts";

/** What the loader takes beside the options of every reading. */
export const spikelabLoadEntries = {
  style: v.optional(styleSchema),
  timeUnit: v.optional(
    v.pipe(v.picklist(timeUnits), v.description("spikelab: unit of the spike times, where the file does not say it.")),
  ),
  samplingRateHz: v.optional(v.pipe(positive, v.description("spikelab: samples per second, for times in samples."))),
  rasterBinMs: v.optional(
    v.pipe(positive, v.description("spikelab, raster: width of a bin in ms, where the file does not say it.")),
  ),
  rawTimeUnit: v.optional(
    v.pipe(
      v.picklist(timeUnits),
      v.description("spikelab: unit of the times of raw samples, where the file is silent."),
    ),
  ),
  lengthMs: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description("spikelab: length of the recording in ms, before what the file says; a raster has its own."),
    ),
  ),
  unitCount: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(2 ** 24),
      v.description("spikelab, ragged and paired: number of units, where the file does not say it."),
    ),
  ),
  ...nameEntries,
};
