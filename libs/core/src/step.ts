import type { Problem, StepDescriptor } from "@sluice/proto";
import type { RawOptions } from "./exporter.ts";
import type { DatasetHeader, DatasetStream } from "./stream.ts";

/** Maps a stream to a stream: a filter, a mask, a detection. Parameters are checked before the first frame. */
export interface Step {
  readonly step: StepDescriptor;
  check(header: DatasetHeader, parameters: RawOptions): Problem[];
  apply(input: DatasetStream, parameters: RawOptions, signal: AbortSignal): DatasetStream;
}
