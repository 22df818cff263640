import { type RawOptions, rawStream, SluiceError } from "@sluice/core";
import { type Command, Option } from "commander";
import { action, ExitCode, tellError } from "../ending.ts";
import { type Engine, engineAt } from "../engine.ts";
import { carryOut, isPlanClear, isSuccess, planExport, requireClear, type Wishes } from "../export-one.ts";
import { loaders } from "../formats.ts";
import { openInput, requireOwnNames } from "../input.ts";
import { jsonReporter, textReporter } from "../reporter.ts";
import { parseSettings } from "../settings.ts";
import { layerChoices, parseSteps } from "../steps.ts";
import { traced } from "../traced.ts";

interface Flags {
  readonly to: readonly string[];
  readonly out: string;
  readonly name?: string;
  readonly set: readonly string[];
  readonly channel?: string;
  readonly step: readonly string[];
  readonly layers: keyof typeof layerChoices;
  readonly raw: boolean;
  readonly gateway?: string;
  readonly overwrite: boolean;
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly receipt: boolean;
  readonly json: boolean;
}

/** `sluice export`: files in, artifacts out. */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("export recordings to one or several formats")
    .argument("<input...>", "files to read")
    .requiredOption("--to <formats>", "formats to write, separated by commas", splitList)
    .option("--out <place>", "folder for the artifacts, made when missing, or s3://bucket/prefix", ".")
    .option("--name <stem>", "file name without extension (default: the input's)")
    .addOption(
      new Option("--set <setting>", "FORMAT.OPTION=VALUE, or input.OPTION=VALUE for the loader; repeatable")
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], "none"),
    )
    .option("--channel <name>", "channel of the recording, such as height_trace")
    .addOption(
      new Option("--step <step>", "NAME or NAME:PARAMETER=VALUE,... of `sluice steps`, in the order given; repeatable")
        .argParser((text: string, before: string[]) => [...before, text])
        .default([], "none"),
    )
    .addOption(
      new Option(
        "--layers <kept>",
        "what is kept beside the result of the steps: the raw data, every step's output, nothing",
      )
        .choices(Object.keys(layerChoices))
        .default("raw"),
    )
    .option("--raw", "export the raw data, without the steps", false)
    .option("--gateway <host:port>", "run on this gateway or format service instead of in this process")
    .option("--overwrite", "replace existing artifacts", false)
    .option("--dry-run", "only say what would be written, lost and needed", false)
    .option("--verify", "read every artifact back and compare all values", false)
    .option("--receipt", "write STEM.receipt.json beside the artifacts", false)
    .option("--json", "one JSON object a line on standard output", false)
    .action(action((inputs: string[], flags: Flags) => traced("export", () => runExport(inputs, flags)), jsonWanted));
}

async function runExport(paths: readonly string[], flags: Flags): Promise<ExitCode> {
  requireOnce(flags.to);
  const settings = parseSettings(flags.set, [...flags.to, "input"]);
  const analysisPlan = { steps: flags.raw ? [] : parseSteps(flags.step), layers: layerChoices[flags.layers] };
  const wishes: Wishes = { ...flags, formats: flags.to, settings, name: flags.name, analysis: analysisPlan };
  const loading = loadingOf(settings.get("input") ?? {}, flags);
  await requireOwnNames(paths, loaders, flags.name);
  const engine = await engineAt(flags.gateway);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    let code: ExitCode = ExitCode.done;
    for (const path of paths) {
      const done = await exportPath(path, loading, engine, wishes, flags, interrupt.signal);
      if (interrupt.signal.aborted) return ExitCode.interrupted;
      if (!done) code = flags.dryRun ? ExitCode.usage : ExitCode.failed;
    }
    return code;
  } finally {
    engine.close();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function exportPath(
  path: string,
  loading: RawOptions,
  engine: Engine,
  wishes: Wishes,
  flags: Flags,
  signal: AbortSignal,
): Promise<boolean> {
  const input = await openInput(path, loaders, loading, { signal, exact: wishes.analysis.steps.length > 0 });
  const chosen = flags.raw ? { ...input, stream: rawStream(input.stream) } : input;
  const reporter = flags.json ? jsonReporter(path) : await textReporter(path);
  const plan = await planExport(chosen, engine, wishes);
  if (flags.dryRun) {
    reporter.forecasts(plan.forecasts);
    return isPlanClear(plan);
  }
  requireClear(plan);
  try {
    const summary = await carryOut(plan, chosen, engine, wishes, { signal, onProgress: reporter.progress });
    reporter.summary(summary);
    return isSuccess(summary);
  } catch (error) {
    reporter.failed();
    tellError(error, flags.json);
    return false;
  }
}

function jsonWanted(_inputs: readonly string[], flags: Flags): boolean {
  return flags.json;
}

/** Options of the loader: `--channel` is one of them. */
function loadingOf(options: RawOptions, { channel }: Flags): RawOptions {
  if (channel === undefined) return options;
  if (!Object.hasOwn(options, "channel")) return { ...options, channel };
  throw new SluiceError({
    reason: "SETTING_INVALID",
    message: "The channel is named twice.",
    field: "--channel",
    got: `${channel}, and input.channel=${String(options["channel"])}`,
    remedy: "Leave one of them out.",
  });
}

/** Two branches of one format would write the same files. */
function requireOnce(formats: readonly string[]): void {
  const twice = formats.find((format, index) => formats.indexOf(format) < index);
  if (twice === undefined) return;
  throw new SluiceError({
    reason: "FORMAT_TWICE",
    message: "The same format is named twice.",
    field: "--to",
    got: formats.join(","),
    allowed: ["each format once"],
    remedy: "Name it once; export again under another --name for other options.",
  });
}

function splitList(text: string): string[] {
  return text.split(",").map((item) => item.trim());
}
