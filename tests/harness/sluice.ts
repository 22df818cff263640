import { sluiceCommand } from "./paths.ts";
import { type Outcome, Process, run, type StartOptions } from "./processes.ts";

/** A format as `sluice formats` tells it. */
interface DescribedFormat {
  readonly name: string;
  readonly optionSchema: { readonly properties: Readonly<Record<string, { readonly description?: string }>> };
}

/** How a run of the command line ended, with the JSON objects of its standard output (`--json`). */
export interface SluiceOutcome extends Outcome {
  readonly lines: readonly JsonLine[];
}

/** One line of `--json`: what tests look into. */
export interface JsonLine {
  readonly type: string;
  readonly traceId?: string;
  readonly arrays?: readonly { readonly axes: readonly { readonly name: string; readonly size: number }[] }[];
  readonly formats?: readonly DescribedFormat[];
  readonly loaders?: readonly DescribedFormat[];
  readonly forecasts?: readonly { readonly artifactBytes: number; readonly losses: readonly object[] }[];
}

/** Runs `sluice` to its end. */
export async function sluice(parameters: readonly string[], options?: StartOptions): Promise<SluiceOutcome> {
  return withLines(await run(process.execPath, [sluiceCommand, ...parameters], options));
}

/** Starts `sluice` and goes on. */
export function startSluice(parameters: readonly string[], options?: StartOptions): Process {
  return new Process(process.execPath, [sluiceCommand, ...parameters], options);
}

/** Reads standard output as JSON lines; text that is none is left out. */
export function withLines(outcome: Outcome): SluiceOutcome {
  const texts = outcome.stdout.split("\n").filter((line) => line.startsWith("{") && line.endsWith("}"));
  return { ...outcome, lines: texts.map((line) => JSON.parse(line) as JsonLine) };
}
