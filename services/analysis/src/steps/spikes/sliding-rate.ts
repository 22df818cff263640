import * as v from "valibot";
import { slidingRate as rateOf, slidingBins, slidingTime } from "../../numeric/firing-rate.ts";
import { checkBins, notNegativeMs, positiveMs } from "../../spikes/parameters.ts";
import type { TrainsOutline } from "../../spikes/trains.ts";
import { defineTrainsStep, timeAxis, unitAxis } from "../../spikes/trains-step.ts";

const parameters = v.strictObject({
  windowMs: positiveMs(200, "Width of the window in ms."),
  stepMs: positiveMs(50, "Distance of the windows in ms."),
  gaussSigmaMs: notNegativeMs(0, "Standard deviation of a Gaussian smoothing in ms; 0: none."),
  square: v.pipe(v.optional(v.boolean(), true), v.description("Sum over the window; false: bins of one step alone.")),
});

type Parameters = v.InferOutput<typeof parameters>;

/**
 * Firing rate in a sliding window, from half a window before the recording to half a window after it. Windows are
 * rounded to whole steps.
 */
export const slidingRate = defineTrainsStep<Parameters>({
  name: "sliding_rate",
  summary: "Firing rate of each unit in a sliding window.",
  parameters,
  needs: { length: true, pairs: false },
  check: (outline, given) => checkBins({ count: binsOf(outline, given).count, widthMs: given.stepMs }, "stepMs"),
  results: (outline, given) => {
    const bins = binsOf(outline, given);
    const axis = timeAxis("time", { startMs: slidingTime(bins, 0), stepMs: given.stepMs, count: bins.count });
    const description = "spikes in the window / its width";
    return {
      arrays: [
        { name: "sliding_rate", dataType: "float64", axes: [unitAxis(outline), axis], unit: "hertz", description },
      ],
    };
  },
  compute: function* (trains, given) {
    const bins = binsOf(trains, given);
    const { square, gaussSigmaMs: sigmaMs } = given;
    for (const train of trains.units) yield ["sliding_rate", rateOf(train, bins, { square, sigmaMs })];
  },
});

function binsOf({ startMs, lengthMs = 0 }: Pick<TrainsOutline, "startMs" | "lengthMs">, given: Parameters) {
  return slidingBins(startMs, lengthMs, given.windowMs, given.stepMs);
}
