import { type DatasetStream, type ExportContext, type Findings, type RawOptions, Stopwatch } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { nwb } from "../exporter.ts";

/** Surroundings of an export in which time stands still, and ids count up. */
export function testContext(context: Partial<ExportContext> = {}): ExportContext {
  let ids = 0;
  return {
    signal: new AbortController().signal,
    jobId: "job",
    name: "file",
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => `11111111-2222-4333-8444-${String(ids++).padStart(12, "0")}`,
    ...context,
  };
}

/** Exports a stream to `file.nwb` in memory. */
export async function exportToMemory(
  stream: DatasetStream,
  options: RawOptions = {},
): Promise<{ readonly bytes: Uint8Array; readonly artifact: Artifact; readonly findings: Findings }> {
  const sink = memorySink();
  const findings = await nwb.export(stream, options, sink, testContext());
  const [artifact] = await sink.prepare();
  return { artifact: artifact as Artifact, bytes: sink.files.get("file.nwb") as Uint8Array, findings };
}
