import { parseArgs } from "node:util";
import { describeProblem, type Exporter, toProblem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { type Configuration, checkConfiguration, printConfiguration, settingDescriptions } from "./configuration.ts";
import { createLogger, type Logger } from "./logs.ts";
import { serve } from "./serve.ts";
import { protocolComplaint, startTelemetry } from "./telemetry.ts";

/** Exit codes of a service. */
export const ExitCode = { OK: 0, FAILED: 1, USAGE: 2 } as const;

/**
 * The main program of a service: reads the configuration, serves until SIGTERM or SIGINT, drains, exits. A second signal
 * cuts the grace short. Exit code 0: all calls had finished; 1: it could not start, or calls were cut short; 2: wrong
 * configuration or arguments.
 *
 * @param makeExporters what is served; called once, with the configuration
 */
export async function runMain(
  name: string,
  makeExporters: (configuration: Configuration) => readonly Exporter[] | Promise<readonly Exporter[]>,
): Promise<void> {
  const flags = parseFlags();
  if (typeof flags === "string") return finish(ExitCode.USAGE, `${flags}\n${usage(name)}`);
  if (flags.help) return print(usage(name));
  const checked = checkConfiguration(process.env);
  if (!("options" in checked)) return finish(ExitCode.USAGE, checked.problems.map(describeProblem).join("\n"));
  if (flags["print-config"]) return print(printConfiguration(process.env));
  const configuration = checked.options;
  const log = createLogger(name, configuration.logLevel);
  try {
    process.exitCode = await runService(name, configuration, makeExporters, log);
  } catch (error) {
    const fault: Problem = toProblem(error);
    log.fatal(
      { reason: fault.reason, field: fault.field, got: fault.got, remedy: fault.remedy },
      describeProblem(fault),
    );
    process.exitCode = ExitCode.FAILED;
  }
}

async function runService(
  name: string,
  configuration: Configuration,
  makeExporters: (configuration: Configuration) => readonly Exporter[] | Promise<readonly Exporter[]>,
  log: Logger,
): Promise<number> {
  const telemetry = await startTelemetry(`sluice-${name}`);
  const complaint = protocolComplaint(process.env);
  if (complaint) log.warn({}, complaint);
  const exporters = await makeExporters(configuration);
  const service = await serve({ name, exporters, configuration, log });
  const formats = exporters.map((exporter) => exporter.format);
  log.info({ address: service.address, formats, telemetry: telemetry !== undefined }, "listening");
  if (isOpenToAll(configuration)) log.warn({ address: service.address }, "anyone who reaches this address may call");
  const signal = await nextSignal();
  log.info({ signal, graceSeconds: configuration.graceSeconds }, "draining");
  const impatient = nextSignal().then(() => service.stop(0));
  const drained = await Promise.race([service.stop(), impatient]);
  log.info({ drained }, "stopped");
  await telemetry?.stop();
  return drained ? ExitCode.OK : ExitCode.FAILED;
}

function isOpenToAll({ host, tokens, tokensFile, tlsClientCaFile }: Configuration): boolean {
  const local = host === "localhost" || host === "::1" || host.startsWith("127.") || host.startsWith("unix:");
  return !local && tokens.length === 0 && tokensFile === "" && tlsClientCaFile === "";
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
}

function parseFlags(): { help?: boolean; "print-config"?: boolean } | string {
  try {
    return parseArgs({ options: { help: { type: "boolean" }, "print-config": { type: "boolean" } } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function usage(name: string): string {
  const width = Math.max(...settingDescriptions.map(({ variable }) => variable.length));
  const settings = settingDescriptions.map(({ variable, doc }) => `  ${variable.padEnd(width)}  ${doc}`).join("\n");
  return `The ${name} service of Sluice.\n\n  --print-config  show every setting with its value\n  --help\n\nIt is set up by the environment:\n\n${settings}\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}

function finish(code: number, complaint: string): void {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = code;
}
