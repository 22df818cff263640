import type { DatasetStream, Findings, RawOptions } from "@sluice/core";
import { testContext } from "@sluice/core/testing";
import type { Artifact } from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { hdf5 } from "../exporter.ts";

/** Exports a stream to `file.h5` in memory. */
export async function exportToMemory(
  stream: DatasetStream,
  options: RawOptions = {},
): Promise<{ readonly bytes: Uint8Array; readonly artifact: Artifact; readonly findings: Findings }> {
  const sink = memorySink();
  const findings = await hdf5.export(stream, options, sink, testContext("file"));
  const [artifact] = await sink.prepare();
  return { artifact: artifact as Artifact, bytes: sink.files.get("file.h5") as Uint8Array, findings };
}
