import type { DatasetStream, Findings, RawOptions } from "@sluice/core";
import { testContext } from "@sluice/core/testing";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { gif } from "../exporter.ts";

/** What an export left in memory. */
export interface Exported {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly artifacts: readonly Artifact[];
  readonly findings: Findings;
}

/** Exports a stream to `movie.gif` or its siblings in memory. */
export async function exportToMemory(stream: DatasetStream, options: RawOptions = {}): Promise<Exported> {
  const sink = memorySink();
  const findings = await gif.export(stream, options, sink, testContext("movie"));
  return { files: sink.files, artifacts: await sink.prepare(), findings };
}
