import { timeUnits } from "@sluice/spikes";
import * as v from "valibot";

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const clusterId = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Options of the exporter. */
export const optionSchema = v.strictObject({
  profile: v.optional(
    v.pipe(
      v.picklist(["phy", "spikelab"]),
      v.description(
        "phy: a folder that Phy, phylib and SpikeInterface open. spikelab: the three files that SpikeLab writes and loads.",
      ),
    ),
    "phy",
  ),
  timeUnit: v.optional(
    v.pipe(
      v.picklist(timeUnits),
      v.description("Unit of spike_times.npy: samples as int64, which Phy needs; ms or s as float64."),
    ),
    "samples",
  ),
  samplingRateHz: v.optional(v.pipe(positive, v.description("Samples per second; by default that of the recording."))),
  clusterIds: v.optional(
    v.pipe(v.array(clusterId), v.description("Cluster id of each unit, e.g. [10, 5, 7]; before clusterIdColumn.")),
  ),
  clusterIdColumn: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.description(
        "Column of the table of units that holds the cluster ids; by default cluster_id, unit_id or id where it holds " +
          "distinct integers, else units are numbered from 0.",
      ),
    ),
  ),
  rawTraces: v.optional(
    v.pipe(v.boolean(), v.description("phy: write recording.dat, if the dataset has raw traces; true by default.")),
  ),
});

export type KilosortOptions = v.InferOutput<typeof optionSchema>;
