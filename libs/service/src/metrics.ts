import { status } from "@grpc/grpc-js";
import { metrics } from "@opentelemetry/api";
import type { BranchReport, ExportProgress } from "@sluice/proto";
import { instrumentationName } from "./tracer.ts";
import type { CallOutcome } from "./tracing.ts";

/** What a service counts. Without telemetry every method does nothing. */
export interface ServiceMetrics {
  callEnded(outcome: CallOutcome): void;
  /** One branch, from its start to its report. */
  branch(format: string): BranchMetrics;
}

export interface BranchMetrics {
  progress(counters: Pick<ExportProgress, "frames" | "bytesIn" | "bytesOut">): void;
  ended(report: BranchReport | undefined): void;
}

/** Bounds of histograms in seconds: those of the semantic conventions for RPC, then up to an hour, for exports are long. */
const inSeconds = {
  unit: "s",
  advice: {
    explicitBucketBoundaries: [
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900, 3600,
    ],
  },
};

/** Makes the instruments; call it after telemetry is started, for the API gives no instruments that wake up later. */
export function createMetrics(): ServiceMetrics {
  const meter = metrics.getMeter(instrumentationName);
  const calls = meter.createHistogram("rpc.server.call.duration", {
    ...inSeconds,
    description: "Length of calls.",
  });
  const active = meter.createUpDownCounter("sluice.export.active", {
    unit: "{branch}",
    description: "Running branches.",
  });
  const frames = meter.createCounter("sluice.export.frames", { unit: "{frame}", description: "Frames taken in." });
  const bytesIn = meter.createCounter("sluice.export.bytes_in", { unit: "By", description: "Payload taken in." });
  const bytesOut = meter.createCounter("sluice.export.bytes_out", {
    unit: "By",
    description: "Artifact bytes put out.",
  });
  const phases = meter.createHistogram("sluice.export.phase.duration", {
    ...inSeconds,
    description: "Seconds that a branch spent in receive, encode, write and publish.",
  });
  const stall = meter.createHistogram("sluice.export.stall.duration", {
    ...inSeconds,
    description: "Seconds in which the source waited for a branch.",
  });
  return {
    callEnded: ({ method, code, seconds }) =>
      calls.record(seconds, {
        "rpc.system.name": "grpc",
        "rpc.method": method,
        "rpc.response.status_code": status[code] ?? String(code),
      }),
    branch: (format) => {
      const attributes = { "sluice.format": format };
      const seen = { frames: 0, bytesIn: 0, bytesOut: 0 };
      active.add(1, attributes);
      return {
        progress: (counters) => {
          frames.add(counters.frames - seen.frames, attributes);
          bytesIn.add(counters.bytesIn - seen.bytesIn, attributes);
          bytesOut.add(counters.bytesOut - seen.bytesOut, attributes);
          Object.assign(seen, { frames: counters.frames, bytesIn: counters.bytesIn, bytesOut: counters.bytesOut });
        },
        ended: (report) => {
          active.add(-1, attributes);
          for (const { phase, busySeconds } of report?.timing?.phases ?? []) {
            phases.record(busySeconds, { ...attributes, "sluice.phase": phase });
          }
          if (report?.timing) stall.record(report.timing.stallSeconds, attributes);
        },
      };
    },
  };
}
