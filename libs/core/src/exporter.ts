import type { BranchReport, Forecast, FormatDescriptor, Problem } from "@sluice/proto";
import type { ArtifactSink } from "./sink.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { DatasetHeader, DatasetStream } from "./stream.ts";

/** What an export may know of its surroundings. Time and chance come in here, so that exporters stay pure. */
export interface ExportContext {
  readonly signal: AbortSignal;
  /** Unique id of the job. */
  readonly jobId: string;
  /** File name stem of the artifacts, already safe. */
  readonly name: string;
  /** Time spent per phase. */
  readonly clock: Stopwatch;
  readonly now: () => Date;
  readonly uuid: () => string;
  /** Tells warnings as soon as they are known, best before the first byte. The findings have them, too. */
  readonly warn?: ((warnings: readonly Problem[]) => void) | undefined;
}

/** Options as they come from a request or the command line, not yet checked. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** What an exporter alone knows when it is done; the job adds state, artifacts, timing and counters, which it measures. */
export type Findings = Partial<
  Pick<BranchReport, "warnings" | "losses" | "origins" | "gaps" | "digests" | "artifacts">
>;

/** What `check` tells before the first byte; the job adds the branch. */
export type Outlook = Partial<Omit<Forecast, "branchId">>;

/**
 * The one shape of every format, local or remote.
 *
 * `check` is free of side effects and names every complaint at once. `export` drains the stream into artifacts of
 * the sink; it neither commits nor discards them. Options are checked by both. Use `defineExporter` to make one.
 */
export interface Exporter {
  readonly format: string;
  /** True when another service does the work; it can keep the artifacts itself (a sink with a `delivery`). */
  readonly remote?: boolean;
  describe(signal?: AbortSignal): Promise<FormatDescriptor>;
  check(header: DatasetHeader, options: RawOptions, signal?: AbortSignal): Promise<Outlook>;
  export(stream: DatasetStream, options: RawOptions, sink: ArtifactSink, context: ExportContext): Promise<Findings>;
}
