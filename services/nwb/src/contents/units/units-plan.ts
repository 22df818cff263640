import { type DatasetHeader, dropped, warning } from "@sluice/core";
import type { ArraySpec, Loss, Problem } from "@sluice/proto";
import { type Spikes, unitMeasures } from "@sluice/spikes";
import type { NwbOptions } from "../../options.ts";
import { conversionOf } from "../volts.ts";

/** What the table of units is made of. */
export interface UnitsPlan {
  readonly spikes: Spikes;
  /** Seconds between samples: times are no finer. */
  readonly resolution: number | undefined;
  readonly samplingRateHz: number | undefined;
  readonly amplitudes: ArraySpec | undefined;
  /** Mean waveforms [unit, sample(, channel)] and their standard deviations, with what makes volts of them. */
  readonly waveforms: readonly WaveformPlan[];
  /** Arrays with a number for each unit, which become columns. */
  readonly measures: readonly ArraySpec[];
}

export interface WaveformPlan {
  readonly column: "waveform_mean" | "waveform_sd";
  readonly array: ArraySpec;
  readonly conversion: number;
  readonly offset: number;
}

/** Settles the columns of the table of units; adds what is wrong or left out. */
export function planUnits(
  header: DatasetHeader,
  spikes: Spikes,
  options: NwbOptions,
  problems: Problem[],
  losses: Loss[],
): UnitsPlan {
  const samplingRateHz = options.samplingRateHz ?? spikes.trains.samplingRateHz;
  const waveforms: WaveformPlan[] = [];
  const deviations = header.arrays.find(({ name }) => spikes.templates && name === `${spikes.templates.name}_sd`);
  for (const [column, array] of [
    ["waveform_mean", spikes.templates],
    ["waveform_sd", deviations],
  ] as const) {
    const plan = array && planWaveforms(column, array, options);
    if (typeof plan === "string") losses.push(dropped(`arrays.${array?.name}`, plan));
    else if (plan) waveforms.push(plan);
  }
  const { amplitudes } = spikes;
  const fits = amplitudes && /^float(32|64)$/.test(amplitudes.dataType);
  if (amplitudes && !fits) losses.push(dropped(`arrays.${amplitudes.name}`, "Amplitudes of spikes must be floats."));
  if (spikes.times.dataType === "float32") problems.push(coarseTimes(spikes.times.name));
  return {
    spikes,
    samplingRateHz,
    resolution: samplingRateHz === undefined ? undefined : 1 / samplingRateHz,
    amplitudes: fits ? amplitudes : undefined,
    waveforms,
    measures: unitMeasures(header, spikes),
  };
}

/** Why waveforms are left out, as a sentence; or how they are written. */
function planWaveforms(column: WaveformPlan["column"], array: ArraySpec, options: NwbOptions): WaveformPlan | string {
  const scale = conversionOf(array, options);
  if (scale === undefined) return "NWB keeps waveforms in volts, and their unit is not known: give rawUnit.";
  if (array.axes.length !== 2 && array.axes.length !== 3) return "Waveforms must be [unit, sample, channel].";
  if (!/^(u?int(8|16|32)|float(32|64))$/.test(array.dataType)) return `Waveforms cannot be ${array.dataType}.`;
  return { column, array, conversion: scale.conversion, offset: column === "waveform_sd" ? 0 : scale.offset };
}

function coarseTimes(name: string): Problem {
  return warning({
    reason: "SPIKE_TIMES_COARSE",
    message: "Spike times of 32 bits are written as float64, with the rounding that they have.",
    field: `arrays.${name}.data_type`,
    got: "float32",
    remedy: "Send float64: after an hour, float32 tells times 0.24 ms apart.",
  });
}
