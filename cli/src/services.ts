import type { Exporter } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { gatewayExporters } from "@sluice/gateway";
import type { Configuration, Overrides } from "@sluice/service";
import { exporters } from "./formats.ts";

/** Something that `sluice serve` can serve. */
export interface Service {
  readonly name: string;
  readonly overrides: Overrides;
  readonly exporters: (configuration: Configuration) => readonly Exporter[];
}

/** Ports on one machine: the gateway first, then the formats in their order. In containers each service has its own. */
const gatewayPort = 50_050;
const ports = new Map(exporters.map((exporter, index) => [exporter.format, gatewayPort + 1 + index]));

/**
 * The service of that name: "gateway" passes branches on to the format services, "all" runs every format in one
 * process, a format's name serves that format.
 *
 * @param environment what it sets stands; what it leaves open gets the ports of one machine
 */
export function serviceNamed(name: string, port: string | undefined, environment: NodeJS.ProcessEnv): Service {
  const overrides = (usual: number, more: Overrides = {}): Overrides => ({
    ...more,
    ...(port !== undefined ? { port } : environment.SLUICE_PORT ? {} : { port: String(usual) }),
  });
  if (name === "all") return { name: "sluice", overrides: overrides(gatewayPort), exporters: () => exporters };
  if (name === "gateway") {
    const formats = [...ports].map(([format, own]) => `${format}=127.0.0.1:${own}`).join(",");
    const neighbours = environment.SLUICE_FORMATS ? {} : { formats };
    return { name, overrides: overrides(gatewayPort, neighbours), exporters: gatewayExporters };
  }
  const exporter = exporters.find((candidate) => candidate.format === name);
  const usual = ports.get(name);
  if (exporter && usual) return { name, overrides: overrides(usual), exporters: () => [exporter] };
  throw new SluiceError({
    reason: "SERVICE_UNKNOWN",
    message: "There is no such service.",
    field: "service",
    got: JSON.stringify(name),
    allowed: ["gateway", "all", ...ports.keys()],
    remedy: "Name the gateway, a format, or all.",
  });
}
