import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import { type Burst, findBursts } from "../../numeric/bursts.ts";
import { binned, binsOf } from "../../numeric/spike-bins.ts";
import { notNegativeMs } from "../../spikes/parameters.ts";
import type { Trains, TrainsOutline } from "../../spikes/trains.ts";
import { defineTrainsStep, unitAxis } from "../../spikes/trains-step.ts";
import { checkSmoothing, populationRateOf, smoothingEntries } from "./population-rate.ts";

const parameters = v.strictObject({
  threshold: v.pipe(
    v.number(),
    v.finite(),
    v.gtValue(0),
    v.description("Least height of a peak of the population rate, in multiples of its root mean square."),
  ),
  minDistanceMs: v.pipe(
    v.number(),
    v.finite(),
    v.gtValue(0),
    v.description("Of peaks closer than this the highest counts, in ms."),
  ),
  edgeFraction: v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(1),
    v.description("A burst begins and ends at this share of the way from its baseline to its peak."),
  ),
  ...smoothingEntries,
  sharpSquareMs: notNegativeMs(8, "Moving average of the rate that the peaks are located with, in ms."),
  sharpGaussSigmaMs: notNegativeMs(8, "Gaussian of that rate, in ms."),
  peakToTrough: v.pipe(
    v.optional(v.boolean(), true),
    v.description("Baseline: the higher of the troughs beside the peak, the lowest rate for a lone burst; false: 0."),
  ),
  minSpikes: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 2),
    v.description("A unit with so many spikes in a burst takes part in it."),
  ),
  backboneFraction: v.pipe(
    v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
    v.description("A unit that takes part in this share of the bursts belongs to the backbone."),
  ),
});

type Parameters = v.InferOutput<typeof parameters>;

const burstColumns = [
  { name: "peak", description: "time of the highest sharp rate" },
  { name: "start", description: "last bin before the peak that is below the edge level" },
  { name: "end", description: "first bin after the peak that is below the edge level" },
].map((column) => ({ ...column, dataType: "float64" as const, unit: "millisecond" }));

/** Bursts of the whole population, and the part of each unit in them. Times are those of the start of a bin. */
export const bursts = defineTrainsStep<Parameters>({
  name: "bursts",
  summary: "Bursts of the whole population, and who takes part in them.",
  parameters,
  needs: { length: true, pairs: false },
  check: checkBoth,
  results: (outline) => ({
    arrays: [
      {
        name: "burst_participation",
        dataType: "float64",
        axes: [unitAxis(outline)],
        description: "share of the bursts that the unit takes part in",
      },
      { name: "burst_backbone", dataType: "int32", axes: [unitAxis(outline)], description: "1: the unit is backbone" },
      {
        name: "burst_spike_fraction",
        dataType: "float64",
        axes: [unitAxis(outline)],
        description: "share of the unit's spikes that lie in bursts",
      },
      {
        name: "burst_active_fraction",
        dataType: "float64",
        axes: [{ name: "burst" }],
        description: "share of the units that take part in the burst",
      },
    ],
    tables: [
      {
        name: "bursts",
        columns: [...burstColumns, { name: "amplitude", dataType: "float64", description: "sharp rate at the peak" }],
      },
    ],
  }),
  compute: function* (trains, given) {
    const { threshold, minDistanceMs, edgeFraction, peakToTrough, binMs } = given;
    const sharp = populationRateOf(trains, sharper(given));
    const limits = { threshold, minimumDistance: Math.max(1, minDistanceMs / binMs), edgeFraction, peakToTrough };
    const found = findBursts(populationRateOf(trains, given), sharp, limits);
    const time = (bin: number) => trains.startMs + bin * binMs;
    yield [
      "bursts",
      [
        found.map(({ peak }) => time(peak)),
        found.map(({ start }) => time(start)),
        found.map(({ end }) => time(end)),
        found.map(({ amplitude }) => amplitude),
      ],
    ];
    yield* participation(trains, found, given);
  },
});

/** Spikes of each unit in each burst, both edges included. A spike in two bursts counts once among those in bursts. */
function* participation({ units, startMs, lengthMs }: Trains, found: readonly Burst[], given: Parameters) {
  const bins = binsOf(startMs, lengthMs, given.binMs);
  const [takesPart, inside] = [new Float64Array(units.length), new Float64Array(units.length)];
  const active = new Float64Array(found.length);
  for (const [unit, train] of units.entries()) {
    const counts = new Int32Array(found.length);
    let within = 0;
    for (const bin of binned(bins, train)) {
      let hit = false;
      for (const [index, { start, end }] of found.entries()) {
        if (bin < start || bin > end) continue;
        counts[index] = (counts[index] as number) + 1;
        hit = true;
      }
      if (hit) within++;
    }
    for (const [index, count] of counts.entries()) {
      if (count < given.minSpikes) continue;
      takesPart[unit] = (takesPart[unit] as number) + 1 / found.length;
      active[index] = (active[index] as number) + 1 / units.length;
    }
    inside[unit] = train.length > 0 && found.length > 0 ? within / train.length : Number.NaN;
  }
  const belongs = (share: number) => found.length > 0 && share >= given.backboneFraction - 1e-12;
  yield ["burst_participation", takesPart] as const;
  yield ["burst_backbone", Int32Array.from(takesPart, (share) => (belongs(share) ? 1 : 0))] as const;
  yield ["burst_spike_fraction", inside] as const;
  yield ["burst_active_fraction", active] as const;
}

function sharper({ sharpSquareMs, sharpGaussSigmaMs, binMs }: Parameters) {
  return { squareMs: sharpSquareMs, gaussSigmaMs: sharpGaussSigmaMs, binMs };
}

function checkBoth(outline: TrainsOutline, given: Parameters): Problem[] {
  const problems = checkSmoothing(outline, given);
  return problems.length > 0 ? problems : checkSmoothing(outline, sharper(given));
}
