import type { FolderPlan } from "../plan.ts";
import { version } from "../version.ts";

/** What params.py says. */
export interface Params {
  readonly channels: number;
  readonly durationSeconds: number | undefined;
  /** Files that hold neutral values: our loader leaves them out, so that nobody takes them for measured. */
  readonly placeholders: readonly string[];
}

/** The parameters of a folder as Python: Phy runs the file, so nothing but numbers and fixed names stand in it. */
export function paramsText(plan: FolderPlan, { channels, durationSeconds, placeholders }: Params): string {
  const { raw, scale, samplingRateHz, originSeconds } = plan;
  const lines = [
    `# Written by Sluice ${version}`,
    `dat_path = ${raw ? "'recording.dat'" : "[]"}`,
    `n_channels_dat = ${channels}`,
    `dtype = '${raw?.dataType ?? "int16"}'`,
    "offset = 0",
    `sample_rate = ${pythonFloat(samplingRateHz ?? 1)}`,
    "hp_filtered = False",
    `start_time_seconds = ${pythonFloat(originSeconds)}`,
    ...(durationSeconds === undefined ? [] : [`duration_seconds = ${pythonFloat(durationSeconds)}`]),
    ...(placeholders.length === 0 ? [] : [`placeholders = '${placeholders.join(" ")}'`]),
    ...(scale.unit === "samples" ? [] : [`spike_time_unit = '${scale.unit}'`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The shortest text that Python reads as the same float. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}
