import * as v from "valibot";
import { latencyMoments } from "../../numeric/nearest-spike.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/**
 * Mean and population standard deviation of the distances from each spike of the unit of the row to the nearest spike
 * of the unit of the column. 0 on the diagonal and where there is no distance. Time: (N - 1) S steps, twice.
 */
export const pairwiseLatencies = defineTrainsStep({
  name: "pairwise_latencies",
  summary: "Distances from the spikes of each unit to the nearest of each other.",
  parameters: v.strictObject({
    windowMs: v.optional(
      v.pipe(
        v.number(),
        v.finite(),
        v.minValue(0),
        v.description("Farther spikes do not count, in ms; all by default."),
      ),
    ),
  }),
  needs: { length: false, pairs: true },
  results: (outline) => {
    const axes = [unitAxis(outline), unitAxis(outline, "other_unit")];
    const shared = { dataType: "float64", axes, unit: "millisecond" } as const;
    return {
      arrays: [
        { ...shared, name: "latency_mean", description: "mean distance to the nearest spike" },
        { ...shared, name: "latency_std", description: "population standard deviation of the distances" },
      ],
    };
  },
  compute: function* ({ units }, { windowMs = Number.POSITIVE_INFINITY }) {
    for (const train of units) {
      const moments = units.map((other) =>
        other === train ? { mean: 0, deviation: 0 } : latencyMoments(train, other, windowMs),
      );
      yield ["latency_mean", Float64Array.from(moments, ({ mean }) => mean)];
      yield ["latency_std", Float64Array.from(moments, ({ deviation }) => deviation)];
    }
  },
});
