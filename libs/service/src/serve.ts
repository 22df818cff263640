import { accessSync, constants } from "node:fs";
import type { ServerInterceptor } from "@grpc/grpc-js";
import type { Analysis, Exporter } from "@sluice/core";
import { analysisServiceDefinition, createServer, exportServiceDefinition } from "@sluice/transport";
import { HealthImplementation } from "grpc-health-check";
import { AnalysisService } from "./analysis-service.ts";
import { acceptedTokens, tokenGuard } from "./auth.ts";
import { CallGate, shuttingDown } from "./call-gate.ts";
import type { Configuration } from "./configuration.ts";
import { ExportService } from "./export-service.ts";
import { listen } from "./listen.ts";
import { createLogger, type Logger } from "./logs.ts";
import { createMetrics } from "./metrics.ts";
import { objectStoreOf } from "./object-store.ts";
import { addReflection } from "./reflection.ts";
import { settingFileError } from "./setting-file.ts";
import { StreamCalls } from "./stream-calls.ts";
import { serverCredentials } from "./tls.ts";
import { serverTracing } from "./tracing.ts";

export interface ServeOptions {
  /** Name in logs: "ome-tiff", "gateway". */
  readonly name: string;
  /** Formats that are served: one local exporter in a format service, remote ones in the gateway. */
  readonly exporters: readonly Exporter[];
  /** Steps that are served, and run for exports that ask for some. */
  readonly analysis?: Analysis | undefined;
  readonly configuration: Configuration;
  readonly log?: Logger;
}

export interface RunningService {
  /** What clients may call: "127.0.0.1:50051" or "unix:/run/sluice.sock". */
  readonly address: string;
  /**
   * Says NOT_SERVING, refuses new calls and lets running ones finish within the grace; what runs longer is cut short
   * and leaves nothing. Resolves when all is over: true when nothing had to be cut. Called again, it shortens the grace.
   */
  stop(graceSeconds?: number): Promise<boolean>;
}

const exportServiceName = "sluice.export.v1.ExportService";
const analysisServiceName = "sluice.analysis.v1.AnalysisService";
const healthServiceName = "grpc.health.v1.Health";

/** Milliseconds in which the last statuses must have left after running calls were cut short. */
const farewellMs = 1_000;

/** Serves the exporters with health checks and reflection. Telemetry that is wanted must have been started before. */
export async function serve({
  name,
  exporters,
  analysis,
  configuration,
  log: given,
}: ServeOptions): Promise<RunningService> {
  const log = given ?? createLogger(name, configuration.logLevel);
  const metrics = createMetrics();
  const gate = new CallGate();
  const tokens = acceptedTokens(configuration);
  const interceptors: ServerInterceptor[] = [serverTracing(metrics.callEnded), gate.interceptor];
  if (tokens.length > 0) {
    interceptors.push(tokenGuard(tokens, (method) => log.warn({ method, code: "UNAUTHENTICATED" }, "call refused")));
  }
  const server = createServer({ windowBytes: configuration.windowBytes, interceptors });
  const directoryAllowed = configuration.outputRoot !== "";
  if (directoryAllowed) requireWritableFolder(configuration.outputRoot);
  const calls = new StreamCalls(configuration, log);
  const served: string[] = [];
  if (exporters.length > 0 || !analysis) {
    const objectStore = objectStoreOf(configuration);
    const objectRoots = configuration.s3Prefixes;
    const rules = { exporters, directoryAllowed, objectRoots };
    const surroundings = { ...rules, analysis, configuration, objectStore, log, metrics };
    server.addService(exportServiceDefinition, new ExportService(surroundings, calls).handlers);
    served.push(exportServiceName);
  }
  if (analysis) {
    server.addService(analysisServiceDefinition, new AnalysisService({ analysis, configuration, log }, calls).handlers);
    served.push(analysisServiceName);
  }
  const healthy = ["", ...served];
  const health = new HealthImplementation(Object.fromEntries(healthy.map((service) => [service, "SERVING"])));
  health.addToServer(server);
  addReflection(server, [...served, healthServiceName]);
  const address = await listen(server, serverCredentials(configuration), configuration.host, configuration.port);

  const cut = new Deadline();
  const drain = async (): Promise<boolean> => {
    for (const service of healthy) health.setStatus(service, "NOT_SERVING");
    gate.close();
    const closed = new Promise<void>((resolve, reject) =>
      server.tryShutdown((error) => (error ? reject(error) : resolve())),
    );
    const finished = await Promise.race([closed.then(() => true), cut.passed.then(() => false)]);
    if (!finished) {
      calls.abort(shuttingDown());
      const farewell = new Deadline();
      farewell.set(farewellMs);
      await Promise.race([closed, farewell.passed]);
      farewell.clear();
      server.forceShutdown();
    }
    await calls.idle();
    cut.clear();
    return finished;
  };
  let stopped: Promise<boolean> | undefined;
  return {
    address,
    stop: (graceSeconds = configuration.graceSeconds) => {
      cut.set(graceSeconds * 1000);
      return (stopped ??= drain());
    },
  };
}

function requireWritableFolder(path: string): void {
  try {
    accessSync(`${path}/.`, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw settingFileError("outputRoot", path, "OUTPUT_ROOT_UNUSABLE", "This folder cannot be written to.", cause);
  }
}

/** A point in time that can only come nearer. */
class Deadline {
  readonly #timers: NodeJS.Timeout[] = [];
  #cleared = false;
  #pass = () => {};
  readonly passed = new Promise<void>((resolve) => {
    this.#pass = resolve;
  });

  /** Passes after so many milliseconds, or earlier if it was set earlier. */
  set(milliseconds: number): void {
    if (!this.#cleared) this.#timers.push(setTimeout(this.#pass, milliseconds));
  }

  /** Will not pass any more. */
  clear(): void {
    this.#cleared = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
