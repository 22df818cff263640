import { parseArgs } from "node:util";
import { setLogger } from "@grpc/grpc-js";
import { type Analysis, describeProblem, type Exporter, toProblem } from "@sluice/core";
import {
  type Configuration,
  checkConfiguration,
  type Overrides,
  printConfiguration,
  settingDescriptions,
} from "./configuration.ts";
import { createLogger, type Logger } from "./logs.ts";
import { type RunningService, serve } from "./serve.ts";
import { startTelemetry } from "./telemetry.ts";

/** Exit codes of a service. */
const ExitCode = { OK: 0, FAILED: 1, USAGE: 2 } as const;

/** What a service serves beside its formats. */
export interface Served {
  readonly exporters: readonly Exporter[];
  readonly analysis?: Analysis | undefined;
}

/** What is served, made once from the configuration; a list is one of formats. */
export type MakeServed = (configuration: Configuration) => readonly Exporter[] | Served;

/** What a command line that was read elsewhere asks for. */
export interface MainFlags {
  /** Settings that go before the environment's. */
  readonly overrides?: Overrides;
  /** Print every setting with its value instead of serving. */
  readonly printConfig?: boolean;
  /** Print what can be set instead of serving. */
  readonly help?: boolean;
}

/**
 * The main program of a service: reads the configuration, serves until SIGTERM or SIGINT, drains. A second signal cuts
 * the grace short.
 *
 * @param flags of the command line; read from this process's arguments unless given
 * @returns the exit code, which is set as well. 0: all calls had finished; 1: it could not start, or calls were cut
 *   short; 2: wrong configuration or arguments
 */
export async function runMain(name: string, make: MakeServed, flags?: MainFlags): Promise<number> {
  process.exitCode = await run(name, make, flags);
  return process.exitCode;
}

async function run(name: string, make: MakeServed, given: MainFlags | undefined): Promise<number> {
  const flags = given ?? readFlags();
  if (typeof flags === "string") return complain(`${flags}\n${usage(name)}`);
  const { overrides = {}, printConfig = false, help = false } = flags;
  if (help) return print(usage(name));
  const checked = checkConfiguration(process.env, overrides);
  if (!("options" in checked)) return complain(checked.problems.map(describeProblem).join("\n"));
  if (printConfig) return print(printConfiguration(process.env, overrides));
  const log = createLogger(name, checked.options.logLevel);
  setLogger(transportLogger(log));
  try {
    return await runService(name, checked.options, make, log);
  } catch (error) {
    const { reason, field, got, remedy, ...fault } = toProblem(error);
    log.fatal({ reason, field, got, remedy }, fault.message);
    return ExitCode.FAILED;
  }
}

const stopSignals = ["SIGTERM", "SIGINT"] as const;

async function runService(name: string, configuration: Configuration, make: MakeServed, log: Logger): Promise<number> {
  const telemetry = await startTelemetry(`sluice-${name}`, (complaint) => log.warn({ complaint }, "telemetry"));
  try {
    const made = make(configuration);
    const { exporters, analysis }: Served = "exporters" in made ? made : { exporters: made };
    const service = await serve({ name, exporters, analysis, configuration, log });
    const formats = exporters.map((exporter) => exporter.format);
    const steps = analysis !== undefined;
    log.info({ address: service.address, formats, steps, telemetry: telemetry !== undefined }, "listening");
    if (isOpenToAll(configuration)) log.warn({ address: service.address }, "anyone who reaches this address may call");
    const drained = await drainOnSignal(service, configuration.graceSeconds, log);
    log.info({ drained }, "stopped");
    return drained ? ExitCode.OK : ExitCode.FAILED;
  } finally {
    await telemetry?.stop();
  }
}

/** Drains at the first SIGTERM or SIGINT, without grace at the second. */
async function drainOnSignal(service: RunningService, graceSeconds: number, log: Logger): Promise<boolean> {
  let onSignal: NodeJS.SignalsListener = () => {};
  try {
    return await new Promise((resolve, reject) => {
      let draining = false;
      onSignal = (signal) => {
        log.info({ signal }, draining ? "cutting running calls short" : "draining");
        service.stop(draining ? 0 : graceSeconds).then(resolve, reject);
        draining = true;
      };
      for (const signal of stopSignals) process.on(signal, onSignal);
    });
  } finally {
    for (const signal of stopSignals) process.off(signal, onSignal);
  }
}

function isOpenToAll({ host, tokens, tokensFile, tlsClientCaFile }: Configuration): boolean {
  const local = host === "localhost" || host === "::1" || host.startsWith("127.") || host.startsWith("unix:");
  return !local && tokens.length === 0 && tokensFile === "" && tlsClientCaFile === "";
}

/** The complaints of grpc-js as lines of our log; its errors reach us as errors of calls and of `bindAsync` as well. */
function transportLogger(log: Logger): Partial<Console> {
  const write = (...parts: unknown[]) => log.warn({ transport: parts.join(" ") }, "transport");
  return { error: write, info: write, debug: write };
}

function readFlags(): MainFlags | string {
  try {
    const options = { help: { type: "boolean" }, "print-config": { type: "boolean" } } as const;
    const { values } = parseArgs({ options });
    return { help: values.help ?? false, printConfig: values["print-config"] ?? false };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function usage(name: string): string {
  const width = Math.max(...settingDescriptions.map(({ variable }) => variable.length));
  const settings = settingDescriptions.map(({ variable, doc }) => `  ${variable.padEnd(width)}  ${doc}`);
  const flags = ["  --print-config  show every setting with its value", "  --help"];
  return [
    `The ${name} service of Sluice.`,
    "",
    ...flags,
    "",
    "It is set up by the environment:",
    "",
    ...settings,
    "",
  ].join("\n");
}

function print(text: string): number {
  process.stdout.write(text);
  return ExitCode.OK;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return ExitCode.USAGE;
}
