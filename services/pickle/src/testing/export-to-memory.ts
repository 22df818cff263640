import { type DatasetStream, type ExportContext, type Findings, type RawOptions, Stopwatch } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { pickle } from "../exporter.ts";

/** What an export left in memory. */
export interface Exported {
  readonly bytes: Uint8Array;
  readonly artifact: Artifact;
  readonly findings: Findings;
}

/** Surroundings of an export in which time stands still. */
export function testContext(context: Partial<ExportContext> = {}): ExportContext {
  return {
    signal: new AbortController().signal,
    jobId: "job",
    name: "stack",
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => "11111111-2222-4333-8444-555555555555",
    ...context,
  };
}

/** Exports a stream to `stack.pkl` in memory. */
export async function exportToMemory(stream: DatasetStream, options: RawOptions = {}): Promise<Exported> {
  const sink = memorySink();
  const findings = await pickle.export(stream, options, sink, testContext());
  const [artifact] = await sink.prepare();
  return { bytes: sink.files.get("stack.pkl")!, artifact: artifact!, findings };
}
