import { SluiceError } from "@sluice/core";
import { gateway } from "@sluice/gateway";
import type { MakeServed, Overrides } from "@sluice/service";
import { analysis, exporters } from "./formats.ts";

/** Something that `sluice serve` can serve. */
export interface Service {
  readonly name: string;
  readonly overrides: Overrides;
  readonly make: MakeServed;
}

/** Ports on one machine: the formats in their order after the gateway. In containers each service has its own. */
const analysisPort = 50_049;
const gatewayPort = 50_050;
const ports = new Map(exporters.map((exporter, index) => [exporter.format, gatewayPort + 1 + index]));

/**
 * The service of that name: "gateway" passes branches on to the format services and steps to the analysis, "all" runs
 * everything in one process, "analysis" serves the steps, a format's name that format.
 *
 * @param environment what it sets stands; what it leaves open gets the ports of one machine
 */
export function serviceNamed(name: string, port: string | undefined, environment: NodeJS.ProcessEnv): Service {
  const overrides = (usual: number, more: Overrides = {}): Overrides => ({
    ...more,
    ...(port !== undefined ? { port } : environment.SLUICE_PORT ? {} : { port: String(usual) }),
  });
  if (name === "all")
    return { name: "sluice", overrides: overrides(gatewayPort), make: () => ({ exporters, analysis }) };
  if (name === "analysis")
    return { name, overrides: overrides(analysisPort), make: () => ({ exporters: [], analysis }) };
  if (name === "gateway") {
    const formats = [...ports].map(([format, own]) => `${format}=127.0.0.1:${own}`).join(",");
    const neighbours = {
      ...(environment.SLUICE_FORMATS ? {} : { formats }),
      // A gateway that was told where its formats are has no analysis unless it was told of that as well.
      ...(environment.SLUICE_ANALYSIS || environment.SLUICE_FORMATS ? {} : { analysis: `127.0.0.1:${analysisPort}` }),
    };
    return { name, overrides: overrides(gatewayPort, neighbours), make: gateway };
  }
  const exporter = exporters.find((candidate) => candidate.format === name);
  const usual = ports.get(name);
  if (exporter && usual) return { name, overrides: overrides(usual), make: () => [exporter] };
  throw new SluiceError({
    reason: "SERVICE_UNKNOWN",
    message: "There is no such service.",
    field: "service",
    got: JSON.stringify(name),
    allowed: ["gateway", "all", "analysis", ...ports.keys()],
    remedy: "Name the gateway, the analysis, a format, or all.",
  });
}
