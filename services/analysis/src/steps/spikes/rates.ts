import * as v from "valibot";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";

/** Mean firing rate of each unit: spikes / length of the recording, in Hz; 0 for a recording without length. */
export const rates = defineTrainsStep({
  name: "rates",
  summary: "Mean firing rate of each unit.",
  parameters: v.strictObject({}),
  needs: { length: true, pairs: false },
  results: (outline) => ({
    arrays: [
      { name: "rates", dataType: "float64", axes: [unitAxis(outline)], unit: "hertz", description: "spikes / length" },
    ],
  }),
  compute: function* ({ units, lengthMs }) {
    yield ["rates", Float64Array.from(units, ({ length }) => (lengthMs > 0 ? 1e3 * (length / lengthMs) : 0))];
  },
});
