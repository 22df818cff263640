import * as grpc from "@grpc/grpc-js";
import { patienceMs } from "./eventually.ts";
import type { Process } from "./processes.ts";
import { startSluice } from "./sluice.ts";

type Environment = Readonly<Record<string, string>>;

/** A service in a process of its own. */
export interface Service {
  /** 127.0.0.1:PORT */
  readonly address: string;
  readonly process: Process;
}

/** Starts `sluice serve NAME` on a free port and waits until it listens. */
export async function startService(name: string, environment: Environment = {}): Promise<Service> {
  const child = startSluice(["serve", name], { environment: { SLUICE_PORT: "0", ...environment } });
  return { address: await addressOf(child), process: child };
}

/** A format service and a gateway in front of it. */
export async function startChain(environment: Environment = {}): Promise<{ gateway: Service; omeTiff: Service }> {
  const omeTiff = await startService("ome-tiff", environment);
  return { omeTiff, gateway: await startGateway(omeTiff.address, environment) };
}

/** A gateway that passes the branches of ome-tiff on to that address. */
export function startGateway(omeTiffAddress: string, environment: Environment = {}): Promise<Service> {
  return startService("gateway", { ...environment, SLUICE_FORMATS: `ome-tiff=${omeTiffAddress}` });
}

/** The address in the log line of a service that listens. */
export async function addressOf(child: Process): Promise<string> {
  const [, address = ""] = await child.says(/"address":"([^"]+)".*"listening"/);
  return address;
}

/** What grpc.health.v1 says of the whole server ("SERVING", "NOT_SERVING"), or the name of the status that came. */
export async function healthOf(address: string): Promise<string> {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(
        "/grpc.health.v1.Health/Check",
        () => Buffer.alloc(0),
        readHealth,
        {},
        { deadline: Date.now() + patienceMs },
        (error, status) => resolve(error ? grpc.status[error.code] : String(status)),
      );
    });
  } finally {
    client.close();
  }
}

/** HealthCheckResponse has one field, the status: an enum in field 1. */
function readHealth(response: Buffer): string {
  return ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"][response[1] ?? 0] ?? "";
}

/** The answer of grpc.reflection.v1 to one question, as text: names and descriptors can be found in it. */
export async function reflect(address: string, question: { listServices: true } | { symbol: string }): Promise<string> {
  // ServerReflectionRequest: file_containing_symbol is field 4, list_services field 7; both are strings.
  const [tag, text] = "symbol" in question ? [0x22, question.symbol] : [0x3a, "*"];
  const request = Buffer.concat([Buffer.of(tag, text.length), Buffer.from(text)]);
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      const asItIs = (bytes: Buffer) => bytes;
      const deadline = Date.now() + patienceMs;
      const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
      const call = client.makeBidiStreamRequest(path, asItIs, asItIs, { deadline });
      call.on("data", (response: Buffer) => resolve(response.toString("latin1")));
      call.on("error", reject);
      call.end(request);
    });
  } finally {
    client.close();
  }
}
