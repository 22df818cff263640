import type { Exporter } from "@sluice/core";
import { type Configuration, serviceEndpoint } from "@sluice/service";
import { ExportClient, remoteExporter } from "@sluice/transport";

/** The gateway's exporters: one for each format of SLUICE_FORMATS, whose body is a call of the service behind it. */
export function gatewayExporters(configuration: Configuration): Exporter[] {
  return [...configuration.formats].map(([format, address]) =>
    remoteExporter(format, new ExportClient(serviceEndpoint(configuration, address))),
  );
}
