import { type DatasetHeader, problem, warning } from "@sluice/core";
import type { ArraySpec, Problem, SpikeTrains, TableSpec } from "@sluice/proto";
import { type Spikes, spikesOf, type TimeScale, type TimeUnit } from "@sluice/spikes";
import type { Hdf5Options } from "../../options.ts";
import { type Storage, storageOf } from "../generic/storage.ts";
import { checkNames } from "./name-conflicts.ts";
import { type Names, namesOf, namesOfStyle, type Style, styles } from "./options.ts";
import { planRaw, type RawPlan } from "./raw-plan.ts";

/** What is to be written, and how. */
export interface SpikePlan {
  readonly trains: SpikeTrains;
  readonly times: ArraySpec;
  readonly style: Style;
  readonly scale: TimeScale;
  readonly names: Names;
  /** Bins of a raster. */
  readonly raster: { readonly binMs: number; readonly bins: number } | undefined;
  readonly raw: RawPlan | undefined;
  /** Tables by the group that holds their columns. */
  readonly tables: ReadonlyMap<string, TableSpec>;
  readonly storage: Storage;
}

/** A plan, or why there is none; warnings about it. */
export interface Planned {
  readonly plan: SpikePlan | undefined;
  readonly problems: readonly Problem[];
}

/** A row of a raster stands in memory. */
const maximumBins = 8 * 2 ** 20;

/** Settles the layout of a file. Pure. */
export function planSpikes(header: DatasetHeader, options: Hdf5Options): Planned {
  const { spikes, problems: faults } = spikesOf(header);
  if (!spikes) return { plan: undefined, problems: faults };
  const { trains, times } = spikes;
  const style = options.style ?? "ragged";
  const names = namesOf(options);
  const problems = [...faults, ...unusedOptions(style, options)];
  const samplingRateHz = options.samplingRateHz ?? trains.samplingRateHz;
  const settle = (unit: TimeUnit, option: string): TimeScale => {
    if (unit !== "samples") return { unit };
    if (samplingRateHz === undefined) problems.push(rateMissing(option));
    return { unit, samplingRateHz: samplingRateHz ?? 1 };
  };
  const scale = style === "raster" ? ({ unit: "ms" } as const) : settle(options.timeUnit ?? "s", "timeUnit");
  const raster = style === "raster" ? planRaster(trains, options.rasterBinMs ?? 1, problems) : undefined;
  const rawScale = settle(options.rawTimeUnit ?? "s", "rawTimeUnit");
  const raw = (options.rawTraces ?? true) ? planRaw(header, trains, rawScale, problems) : undefined;
  const tables = tablesOf(spikes);
  problems.push(...checkNames(style, names, raw !== undefined, tables));
  const plan = { trains, times, style, scale, names, raster, raw, tables, storage: storageOf(options) };
  return { plan, problems };
}

/** SpikeLab's count of bins: a recording that ends with a bin, up to rounding, has no bin more. */
function planRaster(trains: SpikeTrains, binMs: number, problems: Problem[]): SpikePlan["raster"] {
  const { durationSeconds } = trains;
  if (durationSeconds === undefined) {
    problems.push(
      problem({
        reason: "DURATION_MISSING",
        message: "A raster has as many bins as the recording is long, and the dataset does not say how long.",
        field: "dataset.spike_trains[0].duration_seconds",
        remedy: "Give the duration of the recording, or choose another style.",
      }),
    );
    return undefined;
  }
  const count = (durationSeconds * 1e3) / binMs;
  const tolerance = Math.max(1e-9, Math.abs(count) * 4 * Number.EPSILON);
  const bins = Math.max(0, Math.ceil(count - tolerance));
  if (bins > maximumBins) {
    problems.push(
      problem({
        reason: "RASTER_TOO_LONG",
        message: "A row of the raster has more bins than are held in memory.",
        field: "options.rasterBinMs",
        got: `${bins} bins of ${binMs} ms`,
        allowed: [`at most ${maximumBins} bins`],
        remedy: "Choose wider bins, or another style, which keeps the times themselves.",
      }),
    );
  }
  return { binMs, bins };
}

function tablesOf({ units, electrodes }: Spikes): ReadonlyMap<string, TableSpec> {
  return new Map([
    ...(units ? [["neuron_attributes", units] as const] : []),
    ...(electrodes ? [["electrodes", electrodes] as const] : []),
  ]);
}

/** Options that nothing comes of. */
function unusedOptions(style: Style, options: Hdf5Options): Problem[] {
  const foreign = styles.filter((other) => other !== style).flatMap((other): string[] => [...namesOfStyle[other]]);
  if (style === "raster") foreign.push("timeUnit");
  else foreign.push("rasterBinMs");
  return foreign
    .filter((name) => options[name as keyof Hdf5Options] !== undefined)
    .map((name) =>
      warning({
        reason: "OPTION_WITHOUT_EFFECT",
        message: "The option belongs to another style.",
        field: `options.${name}`,
        got: `style ${style}`,
        remedy: "Leave it out, or choose the style that it belongs to.",
      }),
    );
}

function rateMissing(option: string): Problem {
  return problem({
    reason: "SAMPLING_RATE_MISSING",
    message: "Times in samples need a sampling rate above zero, and the dataset has none.",
    field: "options.samplingRateHz",
    got: `${option} samples`,
    allowed: ["a finite number > 0"],
    remedy: "Give samplingRateHz, or choose s or ms.",
  });
}
