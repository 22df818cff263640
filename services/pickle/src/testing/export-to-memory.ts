import type { DatasetStream, Findings, RawOptions } from "@sluice/core";
import { testContext } from "@sluice/core/testing";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { pickle } from "../exporter.ts";

/** What an export left in memory. */
export interface Exported {
  readonly bytes: Uint8Array;
  readonly artifact: Artifact;
  readonly findings: Findings;
}

/** Exports a stream to `stack.pkl` in memory. */
export async function exportToMemory(stream: DatasetStream, options: RawOptions = {}): Promise<Exported> {
  const sink = memorySink();
  const findings = await pickle.export(stream, options, sink, testContext("stack"));
  const [artifact] = await sink.prepare();
  return { bytes: sink.files.get("stack.pkl")!, artifact: artifact!, findings };
}
