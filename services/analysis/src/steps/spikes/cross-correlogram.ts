import { roundHalfToEven } from "@sluice/spikes";
import * as v from "valibot";
import { correlogramPeak, type SparseCounts, sparseCounts } from "../../numeric/cross-correlogram.ts";
import { binned, binsOf } from "../../numeric/spike-bins.ts";
import { checkBins, notNegativeMs, positiveMs, recordingBins } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/**
 * Peak of the cross-correlogram of all pairs of units: sum over n of a[n + lag] b[n] / sqrt(sum a^2 sum b^2) of the
 * counts in bins, the highest among lags up to `maxLagMs`, and that lag: positive where the unit of the row fires after
 * the one of the column. Time: pairs of spikes within the lags.
 */
export const crossCorrelogram = defineTrainsStep({
  name: "cross_correlogram",
  summary: "Peak of the cross-correlogram of all pairs of units, and its lag.",
  parameters: v.strictObject({
    binMs: positiveMs(1, "Width of a bin in ms."),
    maxLagMs: notNegativeMs(350, "Longest lag in ms."),
  }),
  needs: { length: true, pairs: true },
  check: (outline, { binMs }) => checkBins(recordingBins(outline, binMs)),
  results: (outline) => {
    const axes = [unitAxis(outline), unitAxis(outline, "other_unit")];
    return {
      arrays: [
        { name: "ccg_peak", dataType: "float64", axes, description: "highest cross-correlation of counts" },
        { name: "ccg_lag", dataType: "float64", axes, unit: "millisecond", description: "lag of the peak" },
      ],
    };
  },
  compute: function* ({ units, startMs, lengthMs }, { binMs, maxLagMs }) {
    const bins = binsOf(startMs, lengthMs, binMs);
    const counts = units.map((train) => sparseCounts(binned(bins, train)));
    const most = Math.min(roundHalfToEven(maxLagMs / binMs), bins.count - 1);
    const scratch = new Float64Array(2 * most + 1);
    const { length } = units;
    const [peaks, lags] = [new Float64Array(length * length), new Float64Array(length * length)];
    for (let i = 0; i < length; i++) {
      for (let j = i; j < length; j++) {
        const [a, b] = [counts[i] as SparseCounts, counts[j] as SparseCounts];
        const { value, lag } =
          i === j ? { value: a.energy > 0 ? 1 : Number.NaN, lag: 0 } : correlogramPeak(a, b, most, scratch);
        peaks[i * length + j] = value;
        peaks[j * length + i] = value;
        lags[i * length + j] = lag * binMs;
        lags[j * length + i] = lag === 0 ? 0 : -lag * binMs;
      }
      yield;
    }
    yield ["ccg_peak", peaks];
    yield ["ccg_lag", lags];
  },
});
