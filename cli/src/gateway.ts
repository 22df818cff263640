import { readConfiguration, serviceEndpoint } from "@sluice/service";
import { AnalysisClient, ExportClient } from "@sluice/transport";

/** A client of the gateway at that address, with the TLS files and the token that SLUICE_CLIENT_* name. */
export function connect(address: string): ExportClient {
  return new ExportClient(serviceEndpoint(readConfiguration(process.env), address));
}

/** The same for the steps of a gateway or an analysis service. */
export function connectAnalysis(address: string): AnalysisClient {
  return new AnalysisClient(serviceEndpoint(readConfiguration(process.env), address));
}
