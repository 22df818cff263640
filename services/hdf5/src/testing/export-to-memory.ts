import { type DatasetStream, type ExportContext, type Findings, type RawOptions, Stopwatch } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { hdf5 } from "../exporter.ts";

/** Surroundings of an export in which time stands still. */
export function testContext(context: Partial<ExportContext> = {}): ExportContext {
  return {
    signal: new AbortController().signal,
    jobId: "job",
    name: "file",
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => "11111111-2222-4333-8444-555555555555",
    ...context,
  };
}

/** Exports a stream to `file.h5` in memory. */
export async function exportToMemory(
  stream: DatasetStream,
  options: RawOptions = {},
): Promise<{ readonly bytes: Uint8Array; readonly artifact: Artifact; readonly findings: Findings }> {
  const sink = memorySink();
  const findings = await hdf5.export(stream, options, sink, testContext());
  const [artifact] = await sink.prepare();
  return { artifact: artifact as Artifact, bytes: sink.files.get("file.h5") as Uint8Array, findings };
}
