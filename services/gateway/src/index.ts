import { randomUUID } from "node:crypto";
import { type Configuration, type Served, serviceEndpoint } from "@sluice/service";
import { AnalysisClient, ExportClient, remoteAnalysis, remoteExporter } from "@sluice/transport";

/**
 * What the gateway serves: an exporter for each format of SLUICE_FORMATS and, with SLUICE_ANALYSIS, the steps. The body of
 * each is a call of the service behind it.
 */
export function gateway(configuration: Configuration): Served {
  const { formats, analysis } = configuration;
  return {
    exporters: [...formats].map(([format, address]) =>
      remoteExporter(format, new ExportClient(serviceEndpoint(configuration, address))),
    ),
    analysis:
      analysis === ""
        ? undefined
        : remoteAnalysis(new AnalysisClient(serviceEndpoint(configuration, analysis)), randomUUID),
  };
}
