/** What params.py says, as far as it is a plain value; the file is never run. */
export interface Params {
  readonly datPath: string | undefined;
  readonly channels: number | undefined;
  readonly dataType: string | undefined;
  readonly offset: number;
  readonly samplingRateHz: number | undefined;
  readonly startTimeSeconds: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly timeUnit: string | undefined;
  /** Files of neutral values, in folders that we wrote. */
  readonly placeholders: readonly string[];
}

const assignment = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;
const text = /^\[?\s*[rRuUbB]{0,2}(?:'([^']*)'|"([^"]*)")/;

/** Reads the assignments of numbers and texts; of a list of texts the first. */
export function parseParams(source: string): Params {
  const numbers = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const line of source.split(/\r?\n/)) {
    const [, name, value] = assignment.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const found = text.exec(value);
    const number = Number.parseFloat(value.replaceAll("_", ""));
    if (found) texts.set(name.toLowerCase(), found[1] ?? found[2] ?? "");
    else if (Number.isFinite(number)) numbers.set(name.toLowerCase(), number);
  }
  return {
    datPath: texts.get("dat_path"),
    channels: numbers.get("n_channels_dat"),
    dataType: texts.get("dtype"),
    offset: numbers.get("offset") ?? 0,
    samplingRateHz: numbers.get("sample_rate"),
    startTimeSeconds: numbers.get("start_time_seconds"),
    durationSeconds: numbers.get("duration_seconds"),
    timeUnit: texts.get("spike_time_unit"),
    placeholders: texts.get("placeholders")?.split(" ") ?? [],
  };
}
