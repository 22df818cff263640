import * as v from "valibot";
import { intervals, localVariation, variation } from "../../numeric/spike-intervals.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/** Intervals between spikes, their coefficient of variation, and CV2 (Holt et al. 1996). */
export const isi = defineTrainsStep({
  name: "isi",
  summary: "Intervals between spikes, CV and CV2.",
  parameters: v.strictObject({}),
  needs: { length: false, pairs: false },
  results: (outline) => {
    const axes = [unitAxis(outline)];
    return {
      arrays: [
        {
          name: "isi",
          dataType: "float64",
          axes,
          ragged: true,
          unit: "millisecond",
          description: "intervals between spikes",
        },
        { name: "cv", dataType: "float64", axes, description: "standard deviation / mean of the intervals" },
        { name: "cv2", dataType: "float64", axes, description: "mean of 2 |I(k+1) - I(k)| / (I(k+1) + I(k))" },
      ],
    };
  },
  compute: function* ({ units }) {
    const [cv, cv2] = [new Float64Array(units.length), new Float64Array(units.length)];
    for (const [unit, train] of units.entries()) {
      const isis = intervals(train);
      cv[unit] = variation(isis);
      cv2[unit] = localVariation(isis);
      yield ["isi", isis];
    }
    yield ["cv", cv];
    yield ["cv2", cv2];
  },
});
