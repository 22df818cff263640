import * as v from "valibot";
import { binsOf, countInto } from "../../numeric/spike-bins.ts";
import { checkBins, positiveMs, recordingBins } from "../../spikes/parameters.ts";
import { defineTrainsStep, timeAxis, unitAxis } from "../../spikes/trains-step.ts";

/** Parameters of rasters. */
export const rasterParameters = v.strictObject({
  binMs: positiveMs(1, "Width of a bin in ms."),
  timeOffsetMs: v.pipe(
    v.optional(v.pipe(v.number(), v.finite()), 0),
    v.description("Shift of all spikes to the right, in ms; the raster becomes as much longer."),
  ),
});

/**
 * Spikes of each unit in each bin. Bins are open on the left and closed on the right; a spike at the start belongs to
 * the first. Memory of one row beside the spikes.
 */
export const raster = defineTrainsStep({
  name: "raster",
  summary: "Spikes of each unit in each bin.",
  parameters: rasterParameters,
  needs: { length: true, pairs: false },
  check: (outline, { binMs, timeOffsetMs }) => checkBins(recordingBins(outline, binMs, timeOffsetMs)),
  results: (outline, { binMs, timeOffsetMs }) => {
    const { count, startMs } = recordingBins(outline, binMs, timeOffsetMs);
    const axes = [unitAxis(outline), timeAxis("bin", { startMs, stepMs: binMs, count })];
    return { arrays: [{ name: "raster", dataType: "int32", axes, description: "spikes of each unit in each bin" }] };
  },
  compute: function* ({ units, startMs, lengthMs }, { binMs, timeOffsetMs }) {
    const bins = binsOf(startMs, lengthMs, binMs, timeOffsetMs);
    for (const train of units) {
      const counts = new Int32Array(bins.count);
      countInto(counts, bins, train);
      yield ["raster", counts];
    }
  },
});
