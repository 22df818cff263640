import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import { type Smoothing, populationRate as smoothed } from "../../numeric/population-rate.ts";
import { binsOf, countInto } from "../../numeric/spike-bins.ts";
import { checkBins, notNegativeMs, positiveMs, recordingBins, tooLongFor } from "../../spikes/parameters.ts";
import type { Trains, TrainsOutline } from "../../spikes/trains.ts";
import { defineTrainsStep, timeAxis } from "../../spikes/trains-step.ts";

/** How the population rate is smoothed. */
export const smoothingEntries = {
  squareMs: notNegativeMs(20, "Width of the moving average in ms; 0: none."),
  gaussSigmaMs: notNegativeMs(100, "Standard deviation of the Gaussian in ms; 0: none."),
  binMs: positiveMs(1, "Width of a bin in ms."),
};

/** Spikes of the whole population in each bin, through a moving average and a Gaussian. */
export const populationRate = defineTrainsStep({
  name: "population_rate",
  summary: "Smoothed spikes of all units together in each bin.",
  parameters: v.strictObject(smoothingEntries),
  needs: { length: true, pairs: false },
  check: checkSmoothing,
  results: (outline, { binMs }) => {
    const { count, startMs } = recordingBins(outline, binMs);
    const axes = [timeAxis("bin", { startMs, stepMs: binMs, count })];
    const description = "spikes of all units in each bin, smoothed";
    return { arrays: [{ name: "population_rate", dataType: "float64", axes, description }] };
  },
  compute: function* (trains, given) {
    yield ["population_rate", populationRateOf(trains, given)];
  },
});

/** The smoothed rate of all units together. */
export function populationRateOf({ units, startMs, lengthMs }: Trains, smoothing: Smoothing): Float64Array {
  const bins = binsOf(startMs, lengthMs, smoothing.binMs);
  const counts = new Float64Array(bins.count);
  for (const train of units) countInto(counts, bins, train);
  return smoothed(counts, smoothing);
}

/** Complaints about windows that are longer than the recording. */
export function checkSmoothing(outline: TrainsOutline, { squareMs, gaussSigmaMs, binMs }: Smoothing): Problem[] {
  const { lengthMs = 0 } = outline;
  const problems = checkBins(recordingBins(outline, binMs));
  if (squareMs > lengthMs) problems.push(tooLongFor("squareMs", squareMs, lengthMs));
  if (6 * gaussSigmaMs > lengthMs) problems.push(tooLongFor("6 x gaussSigmaMs", 6 * gaussSigmaMs, lengthMs));
  return problems;
}
