import type { ExportContext } from "../exporter.ts";
import { Stopwatch } from "../stopwatch.ts";

/** Surroundings of an export to files of this name, in which time stands still. */
export function testContext(name: string, context: Partial<ExportContext> = {}): ExportContext {
  return {
    signal: new AbortController().signal,
    jobId: "job",
    name,
    clock: new Stopwatch(),
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    uuid: () => "11111111-2222-4333-8444-555555555555",
    ...context,
  };
}
