import type { Command } from "commander";
import { action, ExitCode } from "../ending.ts";

interface Flags {
  readonly port?: string;
  readonly printConfig: boolean;
}

/** `sluice serve`: the services, in one process or one each. Everything else is set by SLUICE_* variables. */
export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run a service: a format, the analysis, the gateway, or everything in one process")
    .argument("[service]", "gateway, analysis, all, or the name of a format", "all")
    .option("--port <number>", "port to listen on; 0 takes any free one (default: SLUICE_PORT, else 50050 and up)")
    .option("--print-config", "show every setting with its value and stop", false)
    .action(action(runServe, () => false));
}

async function runServe(name: string, flags: Flags): Promise<ExitCode> {
  const [{ runMain }, { serviceNamed }] = await Promise.all([import("@sluice/service/main"), import("../services.ts")]);
  const service = serviceNamed(name, flags.port, process.env);
  const code = await runMain(service.name, service.make, {
    overrides: service.overrides,
    printConfig: flags.printConfig,
  });
  return code === 0 ? ExitCode.done : code === 2 ? ExitCode.usage : ExitCode.failed;
}
