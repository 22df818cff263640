import * as v from "valibot";
import { violations } from "../../numeric/spike-intervals.ts";
import { notNegativeMs, positiveMs } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/** Intervals too short for one cell: their number, their share of the spikes, and Hill's ratio of rates. */
export const isiViolations = defineTrainsStep({
  name: "isi_violations",
  summary: "Spikes that follow each other faster than one cell can fire.",
  parameters: v.strictObject({
    thresholdMs: positiveMs(1.5, "Shorter intervals are violations, in ms."),
    minIsiMs: notNegativeMs(0, "Shorter intervals cannot be seen by the detection, in ms."),
  }),
  needs: { length: true, pairs: false },
  results: (outline) => {
    const axes = [unitAxis(outline)];
    return {
      arrays: [
        { name: "isi_violations", dataType: "int32", axes, description: "intervals below the threshold" },
        { name: "isi_violations_fraction", dataType: "float64", axes, description: "violations / spikes" },
        {
          name: "isi_violations_hill",
          dataType: "float64",
          axes,
          description: "rate of violations in the refractory time / rate of the unit",
        },
      ],
    };
  },
  compute: function* ({ units, lengthMs }, { thresholdMs, minIsiMs }) {
    const found = units.map((train) => violations(train, { limitMs: thresholdMs, shortestMs: minIsiMs, lengthMs }));
    yield ["isi_violations", Int32Array.from(found, ({ count }) => count)];
    yield ["isi_violations_fraction", Float64Array.from(found, ({ fraction }) => fraction)];
    yield ["isi_violations_hill", Float64Array.from(found, ({ hill }) => hill)];
  },
});
