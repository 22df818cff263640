import {
  type Artifact,
  type BranchReport,
  type ExportProgress,
  ExportState,
  type Frame,
  type Problem,
  type Timing,
} from "@sluice/proto";
import type { Exporter, Findings, RawOptions } from "./exporter.ts";
import { Code, describeProblem, SluiceError, toProblem } from "./problem.ts";
import type { ArtifactLayout, ArtifactSink } from "./sink.ts";
import { Stopwatch } from "./stopwatch.ts";
import { type DatasetHeader, payloadBytes } from "./stream.ts";
import type { Outlet } from "./tee.ts";

/** One output of a job. */
export interface JobBranch {
  /** Unique in the job. */
  readonly branchId: string;
  readonly exporter: Exporter;
  readonly options: RawOptions;
  readonly sink: ArtifactSink;
  /** File name stem of the artifacts. */
  readonly name: string;
}

/** What a job needs of the world, and whom it tells. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly uuid: () => string;
  /** W3C trace id, for the summary. */
  readonly traceId?: string | undefined;
  /** Milliseconds between progress calls; default 500. */
  readonly progressIntervalMs?: number | undefined;
  /** Told how far a branch is, and its warnings at once when they become known. */
  readonly onProgress?: ((branchId: string, progress: ExportProgress) => void) | undefined;
  readonly onBranch?: ((report: BranchReport) => void) | undefined;
}

/** One branch of a running job: export, prepare, settle, in this order; it never throws, it remembers its error. */
export class BranchRun {
  readonly branch: JobBranch;
  error: unknown;
  running = true;
  readonly #jobId: string;
  readonly #header: DatasetHeader;
  readonly #outlet: Outlet;
  readonly #context: JobContext;
  readonly #clock = new Stopwatch();
  readonly #meter: MeteredSink;
  readonly #begin = performance.now();
  readonly #total: number | undefined;
  #frames = 0;
  #bytes = 0;
  #findings: Findings = {};
  #artifacts: Artifact[] = [];
  #discarded = false;
  #seconds = 0;

  /** @param total payload bytes of the whole stream, when known */
  constructor(
    branch: JobBranch,
    jobId: string,
    header: DatasetHeader,
    outlet: Outlet,
    context: JobContext,
    total: number | undefined,
  ) {
    this.branch = branch;
    this.#total = total;
    this.#jobId = jobId;
    this.#header = header;
    this.#outlet = outlet;
    this.#context = context;
    this.#meter = new MeteredSink(branch.sink);
  }

  /** Drains the outlet into artifacts. */
  export(): Promise<void> {
    return this.#attempt(async () => {
      const { exporter, options, name } = this.branch;
      const { signal, now, uuid } = this.#context;
      this.#findings = await exporter.export({ header: this.#header, frames: this.#counted() }, options, this.#meter, {
        signal,
        jobId: this.#jobId,
        name,
        clock: this.#clock,
        now,
        uuid,
        warn: (warnings) => this.#tell(warnings),
      });
    });
  }

  /** Makes the artifacts durable, not yet visible. */
  prepare(): Promise<void> {
    return this.#attempt(async () => {
      this.#artifacts = await this.#clock.time("publish", () => this.branch.sink.prepare());
    });
  }

  /** Makes the artifacts visible, or removes what a failed branch wrote. */
  async settle(): Promise<void> {
    await this.#attempt(() => this.#clock.time("publish", () => this.branch.sink.commit()));
    if (this.error !== undefined) await this.discard(this.error);
    this.running = false;
    this.#seconds = (performance.now() - this.#begin) / 1000;
  }

  /** Removes what the branch wrote. */
  async discard(reason: unknown): Promise<void> {
    this.running = false;
    if (this.#discarded) return;
    this.#discarded = true;
    await this.branch.sink.discard(describeProblem(toProblem(reason)));
  }

  /** How far the branch is. */
  get progress(): ExportProgress {
    const total = this.#total;
    return {
      frames: this.#frames,
      bytesIn: this.#bytes,
      bytesOut: this.#meter.bytes(),
      fraction: total === undefined ? undefined : Math.min(1, this.#bytes / total),
      warnings: [],
    };
  }

  /** The branch's error under its own name. */
  failure(): SluiceError {
    return new SluiceError({ ...toProblem(this.error), branchId: this.branch.branchId }, { cause: this.error });
  }

  /** The receipt of this branch. */
  report(): BranchReport {
    const error = this.error === undefined ? undefined : this.failure().problem;
    const cancelled = error?.grpcCode === Code.CANCELLED;
    const failedState = cancelled ? ExportState.EXPORT_STATE_CANCELLED : ExportState.EXPORT_STATE_FAILED;
    return {
      branchId: this.branch.branchId,
      format: this.branch.exporter.format,
      state: error ? failedState : ExportState.EXPORT_STATE_SUCCEEDED,
      error,
      artifacts: error ? [] : (this.#findings.artifacts ?? this.#artifacts),
      warnings: this.#findings.warnings ?? [],
      losses: this.#findings.losses ?? [],
      origins: this.#findings.origins ?? [],
      gaps: this.#findings.gaps ?? [],
      digests: this.#findings.digests ?? [],
      timing: this.#timing(),
      frames: this.#frames,
      bytes: this.#bytes,
      verification: undefined,
    };
  }

  #tell(warnings: readonly Problem[]): void {
    if (warnings.length === 0) return;
    this.#context.onProgress?.(this.branch.branchId, { ...this.progress, warnings: [...warnings] });
  }

  /** Does the work unless the branch has failed before; a failure is kept, and holds the others up no longer. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.error !== undefined) return;
    try {
      await work();
    } catch (error) {
      this.error = error ?? new Error("The exporter failed without a reason.");
      this.#outlet.leave();
      // What could not be removed is this branch's error, no other's; its sink names the first one in it.
      await this.discard(this.error).catch((left) => {
        this.error = left;
      });
    }
  }

  async *#counted(): AsyncGenerator<Frame> {
    const frames = this.#outlet[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#clock.time("receive", () => frames.next());
        if (next.done) return;
        this.#frames += 1;
        this.#bytes += payloadBytes(next.value);
        yield next.value;
      }
    } finally {
      await frames.return?.();
    }
  }

  #timing(): Timing {
    return {
      phases: this.#clock.phases().map(({ phase, start, end, busySeconds }) => ({
        phase,
        startTime: start,
        endTime: end,
        busySeconds,
      })),
      totalSeconds: this.#seconds,
      stallSeconds: this.#outlet.stallSeconds,
      bytesPerSecond: this.#seconds > 0 ? this.#bytes / this.#seconds : 0,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

/** Passes everything on to a sink and knows how many bytes its writers have taken. */
class MeteredSink implements ArtifactSink {
  readonly delivery: ArtifactSink["delivery"];
  readonly #sink: ArtifactSink;
  readonly #writers: { readonly position: number }[] = [];

  constructor(sink: ArtifactSink) {
    this.delivery = sink.delivery;
    this.#sink = sink;
  }

  bytes(): number {
    return this.#writers.reduce((sum, writer) => sum + writer.position, 0);
  }

  async create(path: string, mediaType: string, layout?: ArtifactLayout) {
    const writer = await this.#sink.create(path, mediaType, layout);
    this.#writers.push(writer);
    return writer;
  }

  prepare = () => this.#sink.prepare();
  commit = () => this.#sink.commit();
  discard = (reason: string) => this.#sink.discard(reason);
}
