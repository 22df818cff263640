import type { Environment } from "./configuration.ts";

/** Telemetry while it runs. */
export interface Telemetry {
  /** Sends what is left and takes the providers down. */
  stop(): Promise<void>;
}

/** Which signals the standard OTEL_* variables ask for. */
export interface Signals {
  readonly traces: boolean;
  readonly metrics: boolean;
}

/**
 * Starts sending traces and metrics by OTLP over gRPC when the standard OTEL_* variables ask for it: an
 * OTEL_EXPORTER_OTLP[_TRACES|_METRICS]_ENDPOINT is set, or OTEL_TRACES_EXPORTER / OTEL_METRICS_EXPORTER is "otlp".
 * Nothing of the SDK is loaded otherwise: in a process that has it, collection of garbage costs more.
 *
 * @param service name under which spans appear unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES give another
 * @param complain told when what is asked for cannot be done, or a collector cannot be reached
 */
export async function startTelemetry(
  service: string,
  complain: (complaint: string) => void = () => {},
): Promise<Telemetry | undefined> {
  const signals = requestedSignals(process.env);
  if (!signals.traces && !signals.metrics) return undefined;
  const protocol = protocolComplaint(process.env);
  if (protocol) complain(protocol);
  const { startOtlp } = await import("./otlp.ts");
  return startOtlp(service, signals, complain);
}

/** Reads the switches of the OpenTelemetry specification ("Environment Variable Specification"). */
export function requestedSignals(environment: Environment): Signals {
  const disabled = valueOf(environment, "OTEL_SDK_DISABLED") === "true";
  const anyEndpoint = valueOf(environment, "OTEL_EXPORTER_OTLP_ENDPOINT") !== "";
  const asked = (signal: "TRACES" | "METRICS") => {
    const exporter = valueOf(environment, `OTEL_${signal}_EXPORTER`);
    if (disabled || exporter === "none") return false;
    const endpoint = anyEndpoint || valueOf(environment, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== "";
    return endpoint || exporter === "otlp";
  };
  return { traces: asked("TRACES"), metrics: asked("METRICS") };
}

/** Complaint about a protocol that these variables name and that is not spoken here. */
export function protocolComplaint(environment: Environment): string | undefined {
  const names = [
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
  ];
  const other = names.find((name) => !["", "grpc"].includes(valueOf(environment, name)));
  return other && `${other} asks for ${valueOf(environment, other)}; telemetry is sent by grpc alone`;
}

function valueOf(environment: Environment, name: string): string {
  return (environment[name] ?? "").trim().toLowerCase();
}
