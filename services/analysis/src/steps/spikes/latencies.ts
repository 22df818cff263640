import * as v from "valibot";
import { latency } from "../../numeric/nearest-spike.ts";
import { notNegativeMs } from "../../spikes/parameters.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/**
 * For each time and unit the signed distance to the nearest spike (positive: the spike comes after), of two equally
 * near the earlier; NaN where none is within the window.
 */
export const latencies = defineTrainsStep({
  name: "latencies",
  summary: "Distance from given times to the nearest spike of each unit.",
  parameters: v.strictObject({
    timesMs: v.pipe(
      v.array(v.pipe(v.number(), v.finite())),
      v.minLength(1),
      v.description("Times in ms on the clock of the recording."),
    ),
    windowMs: notNegativeMs(100, "Spikes farther away do not count, in ms."),
  }),
  needs: { length: false, pairs: false },
  results: (outline, { timesMs }) => ({
    arrays: [
      {
        name: "latencies",
        dataType: "float64",
        axes: [unitAxis(outline), { name: "query", size: timesMs.length, labels: timesMs.map(String) }],
        unit: "millisecond",
        description: "nearest spike - query time",
      },
    ],
  }),
  compute: function* ({ units }, { timesMs, windowMs }) {
    for (const train of units) {
      const distances = Float64Array.from(timesMs, (time) => latency(train, time));
      yield ["latencies", distances.map((value) => (Math.abs(value) <= windowMs ? value : Number.NaN))];
    }
  },
});
