import * as v from "valibot";
import { binsOf, countInto } from "../../numeric/spike-bins.ts";
import { checkBins, positiveMs, recordingBins } from "../../spikes/parameters.ts";
import { defineTrainsStep, timeAxis } from "../../spikes/trains-step.ts";

/** Spikes of all units in each bin, and their mean rate for each unit: counts / units / width. */
export const binned = defineTrainsStep({
  name: "binned",
  summary: "Spikes of all units in each bin, and the mean rate of a unit there.",
  parameters: v.strictObject({ binMs: positiveMs(40, "Width of a bin in ms.") }),
  needs: { length: true, pairs: false },
  check: (outline, { binMs }) => checkBins(recordingBins(outline, binMs)),
  results: (outline, { binMs }) => {
    const { count } = recordingBins(outline, binMs);
    const axis = timeAxis("bin", { startMs: outline.startMs, stepMs: binMs, count });
    return {
      arrays: [
        { name: "binned", dataType: "int32", axes: [axis], description: "spikes of all units in each bin" },
        {
          name: "binned_mean_rate",
          dataType: "float64",
          axes: [axis],
          unit: "hertz",
          description: "spikes / units / bin width",
        },
      ],
    };
  },
  compute: function* ({ units, startMs, lengthMs }, { binMs }) {
    const bins = binsOf(startMs, lengthMs, binMs);
    const counts = new Int32Array(bins.count);
    for (const train of units) countInto(counts, bins, train);
    yield ["binned", counts];
    const perUnit = Math.max(1, units.length);
    yield ["binned_mean_rate", Float64Array.from(counts, (count) => 1e3 * (count / perUnit / binMs))];
  },
});
