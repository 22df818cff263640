import { readConfiguration, serviceEndpoint } from "@sluice/service";
import { ExportClient } from "@sluice/transport";

/** A client of the gateway at that address, with the TLS files and the token that SLUICE_CLIENT_* name. */
export function connect(address: string): ExportClient {
  return new ExportClient(serviceEndpoint(readConfiguration(process.env), address));
}
