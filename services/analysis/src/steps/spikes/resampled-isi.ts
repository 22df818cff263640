import * as v from "valibot";
import { intervalRate } from "../../numeric/firing-rate.ts";
import { checkBins, notNegativeMs, positiveMs } from "../../spikes/parameters.ts";
import type { TrainsOutline } from "../../spikes/trains.ts";
import { defineTrainsStep, timeAxis, unitAxis } from "../../spikes/trains-step.ts";

const time = v.optional(v.pipe(v.number(), v.finite()));

const parameters = v.strictObject({
  stepMs: positiveMs(1, "Distance of the times in ms."),
  startMs: v.pipe(time, v.description("First time in ms; by default the start of the recording.")),
  stopMs: v.pipe(time, v.description("Times end before it, in ms; by default the end of the recording.")),
  sigmaMs: notNegativeMs(10, "Standard deviation of the Gaussian smoothing in ms; 0: none."),
});

type Parameters = v.InferOutput<typeof parameters>;

/** Rate from the intervals between spikes at even times, smoothed. */
export const resampledIsi = defineTrainsStep<Parameters>({
  name: "resampled_isi",
  summary: "Firing rate of each unit at even times, from the intervals between its spikes.",
  parameters,
  needs: { length: true, pairs: false },
  check: (outline, given) => {
    const { count, stepMs } = gridOf(outline, given);
    return checkBins({ count, widthMs: stepMs }, "stepMs");
  },
  results: (outline, given) => ({
    arrays: [
      {
        name: "resampled_isi",
        dataType: "float64",
        axes: [unitAxis(outline), timeAxis("time", gridOf(outline, given))],
        unit: "hertz",
        description: "1000 / interval in ms, Gaussian smoothed",
      },
    ],
  }),
  compute: function* ({ units, startMs, lengthMs }, given) {
    const grid = gridOf({ startMs, lengthMs }, given);
    for (const train of units) yield ["resampled_isi", intervalRate(train, grid, given.sigmaMs)];
  },
});

function gridOf(outline: Pick<TrainsOutline, "startMs" | "lengthMs">, given: Parameters) {
  const { startMs = outline.startMs, stepMs, stopMs = outline.startMs + (outline.lengthMs ?? 0) } = given;
  return { startMs, stepMs, count: Math.max(0, Math.ceil((stopMs - startMs) / stepMs)) };
}
