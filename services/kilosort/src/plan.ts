import { type DatasetHeader, isDataType, isError, problem, warning } from "@sluice/core";
import type { ArraySpec, Problem } from "@sluice/proto";
import { rawClockOf, type Spikes, spikesOf, type TimeScale, unitMeasures } from "@sluice/spikes";
import type { KilosortOptions } from "./options.ts";

/** Everything about a folder that is known before the first spike. */
export interface FolderPlan {
  readonly spikes: Spikes;
  readonly isPhy: boolean;
  readonly scale: TimeScale;
  readonly samplingRateHz: number | undefined;
  /** Time that the folder counts from: that of sample 0. */
  readonly originSeconds: number;
  readonly raw: ArraySpec | undefined;
  readonly templates: ArraySpec | undefined;
  readonly amplitudes: ArraySpec | undefined;
  /** Arrays with a number for each unit, which become columns of cluster_info.tsv. */
  readonly measures: readonly ArraySpec[];
  readonly warnings: readonly Problem[];
}

/** What will be written, or everything that stands against it. */
export function planFolder(
  header: DatasetHeader,
  options: KilosortOptions,
): { readonly plan: FolderPlan } | { readonly problems: Problem[] } {
  const { spikes, problems } = spikesOf(header);
  if (!spikes) return { problems };
  const isPhy = options.profile === "phy";
  const samplingRateHz = options.samplingRateHz ?? spikes.trains.samplingRateHz;
  const raw = isPhy && (options.rawTraces ?? true) ? spikes.raw : undefined;
  const clock = raw && rawClockOf(header, spikes.trains, raw);
  problems.push(
    ...rateProblems(samplingRateHz, options),
    ...optionProblems(spikes, options),
    ...(isPhy ? phyProblems(spikes, raw) : spikelabProblems(spikes)),
    ...(raw ? clockProblems(raw, clock, samplingRateHz) : []),
  );
  if (problems.some(isError)) return { problems };
  const origin = clock && "startSeconds" in clock ? clock.startSeconds : spikes.trains.startTimeSeconds;
  const plan = {
    spikes,
    isPhy,
    scale:
      options.timeUnit === "samples"
        ? { unit: options.timeUnit, samplingRateHz: samplingRateHz ?? 1 }
        : { unit: options.timeUnit },
    samplingRateHz,
    originSeconds: isPhy ? origin : 0,
    raw,
    templates: isPhy ? spikes.templates : undefined,
    amplitudes: isPhy ? spikes.amplitudes : undefined,
    measures: isPhy ? unitMeasures(header, spikes) : [],
    warnings: problems,
  };
  return { plan };
}

/** Like SpikeLab's exporter, which asks for a rate in every unit; Phy cannot do without one either. */
function rateProblems(samplingRateHz: number | undefined, { profile, timeUnit }: KilosortOptions): Problem[] {
  if (samplingRateHz !== undefined || (profile === "spikelab" && timeUnit !== "samples")) return [];
  return [
    problem({
      reason: "SAMPLING_RATE_MISSING",
      message: "The folder says times in samples, and the dataset has no sampling rate.",
      field: "options.samplingRateHz",
      got: "none",
      allowed: ["a finite number > 0"],
      remedy: "Give samplingRateHz.",
    }),
  ];
}

function optionProblems({ units, unitCount }: Spikes, options: KilosortOptions): Problem[] {
  const problems: Problem[] = [];
  const { profile, clusterIds, clusterIdColumn, rawTraces, timeUnit } = options;
  if (profile === "spikelab" && rawTraces !== undefined) {
    problems.push(
      problem({
        reason: "OPTION_NOT_APPLICABLE",
        message: "The option belongs to another profile.",
        field: "options.rawTraces",
        got: "profile spikelab",
        allowed: ["profile phy"],
        remedy: "Leave the option out, or choose the profile that it belongs to.",
      }),
    );
  }
  if (clusterIds && unitCount !== undefined && clusterIds.length !== unitCount) {
    problems.push(clusterIdsMismatch(clusterIds.length, unitCount));
  }
  if (clusterIdColumn !== undefined && !units?.columns.some(({ name }) => name === clusterIdColumn)) {
    problems.push(
      problem({
        reason: "COLUMN_MISSING",
        message: "The table of units has no column of this name.",
        field: "options.clusterIdColumn",
        got: JSON.stringify(clusterIdColumn),
        allowed: units?.columns.map(({ name }) => name) ?? [],
        remedy: "Correct the name, or give clusterIds.",
      }),
    );
  }
  if (profile === "phy" && timeUnit !== "samples") {
    problems.push(
      warning({
        reason: "PHY_READS_SAMPLES",
        message: "Phy and SpikeInterface take spike_times.npy for samples.",
        field: "options.timeUnit",
        got: timeUnit,
        allowed: ["samples"],
        remedy: "Leave timeUnit out for a folder that they open.",
      }),
    );
  }
  return problems;
}

/** The option has another number of ids than there are units. */
export function clusterIdsMismatch(got: number, unitCount: number): Problem {
  return problem({
    reason: "CLUSTER_IDS_MISMATCH",
    message: "There must be one cluster id for each unit, those without spikes included.",
    field: "options.clusterIds",
    got: `${got} ids`,
    allowed: [`${unitCount} ids`],
  });
}

function phyProblems({ templates, amplitudes, unitCount, times }: Spikes, raw: ArraySpec | undefined): Problem[] {
  const problems: Problem[] = [];
  if (raw && !isReal(raw)) problems.push(typeUnfit(raw, "Raw traces", "Set rawTraces to false."));
  if (templates && !isReal(templates)) problems.push(typeUnfit(templates, "Templates", "Convert them."));
  if (amplitudes && !isReal(amplitudes)) problems.push(typeUnfit(amplitudes, "Amplitudes", "Convert them."));
  const count = templates?.axes[0]?.size;
  if (count !== undefined && unitCount !== undefined && count !== unitCount) {
    problems.push(templatesMismatch(templates?.name ?? "", count, unitCount));
  }
  const rows = amplitudes?.axes[0]?.size;
  if (rows !== undefined && unitCount !== undefined && rows !== unitCount) {
    problems.push(amplitudesMismatch(amplitudes?.name ?? "", `${rows} rows`, `${unitCount}, as ${times.name} has`));
  }
  return problems;
}

/** There must be one template for each unit. */
export function templatesMismatch(array: string, count: number, unitCount: number): Problem {
  return problem({
    reason: "TEMPLATES_MISMATCH",
    message: "There must be one template for each unit.",
    field: `arrays.${array}`,
    got: `${count} templates`,
    allowed: [`${unitCount}`],
    remedy: "Send a template of zeros for a unit that has none, or leave the templates out.",
  });
}

/** Every spike must have an amplitude. */
export function amplitudesMismatch(array: string, got: string, allowed: string): Problem {
  return problem({
    reason: "AMPLITUDES_MISMATCH",
    message: "There must be one amplitude for each spike.",
    field: `arrays.${array}`,
    got,
    allowed: [allowed],
    remedy: "Correct the amplitudes, or leave them out.",
  });
}

function spikelabProblems({ trains }: Spikes): Problem[] {
  if (trains.startTimeSeconds === 0) return [];
  return [
    warning({
      reason: "SPIKELAB_START_TIME_LOST",
      message:
        "SpikeLab's folders do not say when a recording starts: times stand as they are, and it loads none below 0.",
      field: "dataset.spike_trains[0].start_time_seconds",
      got: `${trains.startTimeSeconds} s`,
      allowed: ["0 s"],
      remedy: "Choose the profile phy, which keeps the start, or the format hdf5.",
    }),
  ];
}

function clockProblems(
  { name }: ArraySpec,
  clock: ReturnType<typeof rawClockOf>,
  samplingRateHz: number | undefined,
): Problem[] {
  const field = `arrays.${name}.axes[0]`;
  if (clock && "array" in clock) {
    return [
      warning({
        reason: "RAW_CLOCK_IRREGULAR",
        message: "recording.dat has a sample for each tick of an even clock; the times of the samples are not kept.",
        field,
        got: `times in ${clock.array.name}`,
        remedy: "Keep them in another format, such as hdf5 or nwb.",
      }),
    ];
  }
  const rate = clock && 1 / clock.stepSeconds;
  if (rate === undefined || samplingRateHz === undefined || Math.abs(rate / samplingRateHz - 1) < 1e-6) return [];
  return [
    problem({
      reason: "SAMPLING_RATE_CONFLICT",
      message: "Spikes and raw traces must have one sampling rate.",
      field,
      got: `${rate} Hz`,
      allowed: [`${samplingRateHz} Hz`],
      remedy: "Correct the rate, or set rawTraces to false.",
    }),
  ];
}

function isReal({ dataType }: ArraySpec): boolean {
  return isDataType(dataType) && /^(u?int|float)/.test(dataType);
}

function typeUnfit({ name, dataType }: ArraySpec, what: string, remedy: string): Problem {
  return problem({
    reason: "DATA_TYPE_UNFIT",
    message: `${what} are integers or floats.`,
    field: `arrays.${name}.data_type`,
    got: dataType,
    allowed: ["integers", "floats"],
    remedy,
  });
}
