import { type DatasetStream, type ExportContext, type Findings, type RawOptions, Stopwatch } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { gif } from "../exporter.ts";

/** What an export left in memory. */
export interface Exported {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly artifacts: readonly Artifact[];
  readonly findings: Findings;
}

/** Surroundings of an export in which time stands still. */
export function testContext(context: Partial<ExportContext> = {}): ExportContext {
  return {
    signal: new AbortController().signal,
    jobId: "job",
    name: "movie",
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => "11111111-2222-4333-8444-555555555555",
    ...context,
  };
}

/** Exports a stream to `movie.gif` or its siblings in memory. */
export async function exportToMemory(stream: DatasetStream, options: RawOptions = {}): Promise<Exported> {
  const sink = memorySink();
  const findings = await gif.export(stream, options, sink, testContext());
  return { files: sink.files, artifacts: await sink.prepare(), findings };
}
