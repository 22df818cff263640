import { expect, test } from "@jest/globals";
import { type BranchReport, DatasetSpec, ExportState, FailurePolicy, type Frame, type Problem } from "@sluice/proto";
import type { JobBranch } from "./branch-run.ts";
import type { Exporter } from "./exporter.ts";
import { type Job, runJob } from "./job.ts";
import { SluiceError, warning } from "./problem.ts";
import type { ArtifactSink } from "./sink.ts";
import { chunkFrame, type DatasetStream } from "./stream.ts";

const header = { dataset: DatasetSpec.fromPartial({ name: "movie" }), arrays: [], tables: [] };

function bytesFrame(value: number): Frame {
  return chunkFrame({ arrayId: 1, offset: [value], shape: [1], crc32c: undefined, data: Uint8Array.of(value) });
}

function streamOf(count: number, fault?: Error): DatasetStream {
  async function* frames(): AsyncGenerator<Frame> {
    for (let value = 0; value < count; value++) yield bytesFrame(value);
    if (fault) throw fault;
  }
  return { header, frames: frames() };
}

/** Remembers what was written and what became of it. */
class FakeSink implements ArtifactSink {
  fate: "open" | "prepared" | "committed" | "discarded" = "open";
  written: number[] = [];
  readonly faultAt: string;

  constructor(faultAt = "") {
    this.faultAt = faultAt;
  }

  async create() {
    const { written } = this;
    return {
      get position() {
        return written.length;
      },
      write: async (bytes: Uint8Array) => void written.push(...bytes),
      rewriteHead: async () => undefined,
      close: async () => undefined,
    };
  }

  async prepare() {
    if (this.faultAt === "prepare") throw new SluiceError({ reason: "DISK_FULL", message: "No room." });
    this.fate = "prepared";
    return [];
  }

  async commit() {
    this.fate = "committed";
  }

  async discard() {
    this.fate = "discarded";
    if (this.faultAt === "discard") throw new SluiceError({ reason: "LEFT_BEHIND", message: "The store is away." });
  }
}

/** Writes every payload byte; throws at the frame of that number. */
function copier(failAt = Number.POSITIVE_INFINITY): Exporter {
  return {
    format: "copy",
    describe: () => Promise.reject(new Error("not asked")),
    check: async () => ({}),
    export: async (stream, _options, sink) => {
      const writer = await sink.create("copy.bin", "application/octet-stream");
      let seen = 0;
      for await (const frame of stream.frames) {
        if (frame.content?.$case !== "chunk") continue;
        if (seen++ === failAt) throw new SluiceError({ reason: "BROKEN", message: "It broke." });
        await writer.write(frame.content.value.data);
      }
      return { gaps: [{ array: "a", first: 1, count: 2, filled: false }] };
    },
  };
}

function branch(branchId: string, sink: ArtifactSink, exporter = copier()): JobBranch {
  return { branchId, exporter, options: {}, sink, name: "movie" };
}

function jobOf(
  branches: JobBranch[],
  failurePolicy: Job["failurePolicy"] = FailurePolicy.FAILURE_POLICY_CONTINUE,
): Job {
  return { jobId: "job", branches, failurePolicy };
}

const context = { signal: new AbortController().signal, now: () => new Date(0), uuid: () => "uuid" };

test("every branch gets the whole stream, is committed and reports", async () => {
  const sinks = [new FakeSink(), new FakeSink()];
  const told: BranchReport[] = [];
  const summary = await runJob(streamOf(100), jobOf([branch("a", sinks[0]!), branch("b", sinks[1]!)]), {
    ...context,
    onBranch: (report) => told.push(report),
  });
  expect(summary.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(told).toEqual(summary.branches);
  for (const [index, report] of summary.branches.entries()) {
    expect(sinks[index]!.written).toEqual(Array.from({ length: 100 }, (_, value) => value));
    expect(sinks[index]!.fate).toBe("committed");
    expect(report).toMatchObject({ frames: 100, bytes: 100, gaps: [{ first: 1 }], error: undefined });
    expect(report.timing?.phases.map((phase) => phase.phase)).toEqual(["receive", "publish"]);
  }
});

test("a warning is told at once, while the branch goes on", async () => {
  const sink = new FakeSink();
  const warnings = [warning({ reason: "ODD", message: "It is odd." })];
  const careful: Exporter = {
    ...copier(),
    export: async (stream, options, into, surroundings) => {
      surroundings.warn?.([]);
      surroundings.warn?.(warnings);
      return { ...(await copier().export(stream, options, into, surroundings)), warnings };
    },
  };
  const told: string[] = [];
  const summary = await runJob(streamOf(3), jobOf([branch("a", sink, careful)]), {
    ...context,
    progressIntervalMs: 3_600_000,
    onProgress: (branchId, progress) =>
      told.push(`${branchId} ${progress.bytesOut} ${progress.warnings.map(({ reason }) => reason).join()}`),
  });
  expect(told).toEqual(["a 0 ODD", "a 3 "]);
  expect(summary.branches[0]?.warnings).toEqual(warnings);
});

test("what the source warns of stands in the summary once, however many branches there are", async () => {
  const found: Problem[] = [];
  const stream = streamOf(3);
  const late = (async function* () {
    yield* stream.frames;
    found.push(warning({ reason: "ODD", message: "It is odd." }));
  })();
  const branches = [branch("a", new FakeSink()), branch("b", new FakeSink())];
  const summary = await runJob({ ...stream, frames: late, warnings: () => found }, jobOf(branches), context);
  expect(summary.warnings).toEqual(found);
  expect(found).toHaveLength(1);
  expect(summary.branches.map(({ warnings }) => warnings)).toEqual([[], []]);
});

test("one branch fails: the other goes on, the summary is PARTIAL and names the reason", async () => {
  const sinks = [new FakeSink(), new FakeSink()];
  const branches = [branch("bad", sinks[0]!, copier(3)), branch("good", sinks[1]!)];
  const summary = await runJob(streamOf(50), jobOf(branches), context);
  expect(summary.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "committed"]);
  expect(sinks[1]!.written).toHaveLength(50);
  expect(summary.branches[0]).toMatchObject({
    state: ExportState.EXPORT_STATE_FAILED,
    error: { reason: "BROKEN", branchId: "bad" },
    artifacts: [],
  });
});

test("abort_all: one branch fails, nothing is left and its error is thrown", async () => {
  const sinks = [new FakeSink(), new FakeSink()];
  const job = jobOf(
    [branch("bad", sinks[0]!, copier(3)), branch("good", sinks[1]!)],
    FailurePolicy.FAILURE_POLICY_ABORT_ALL,
  );
  await expect(runJob(streamOf(50), job, context)).rejects.toMatchObject({
    problem: { reason: "BROKEN", branchId: "bad" },
  });
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "discarded"]);
});

test("a source that breaks leaves nothing, even where a branch had read enough", async () => {
  const sinks = [new FakeSink(), new FakeSink()];
  const early: Exporter = {
    ...copier(),
    export: async (stream) => {
      for await (const _ of stream.frames) break;
      return {};
    },
  };
  const job = jobOf([branch("early", sinks[0]!, early), branch("all", sinks[1]!)]);
  await expect(runJob(streamOf(20, new Error("cut")), job, context)).rejects.toThrow("cut");
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "discarded"]);
});

test("a full disk at the end fails its branch alone", async () => {
  const sinks = [new FakeSink("prepare"), new FakeSink()];
  const summary = await runJob(streamOf(5), jobOf([branch("full", sinks[0]!), branch("fine", sinks[1]!)]), context);
  expect(summary.branches.map((report) => report.error?.reason)).toEqual(["DISK_FULL", undefined]);
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "committed"]);
});

test("a branch that cannot remove what it wrote says so, and fails alone", async () => {
  const sinks = [new FakeSink("discard"), new FakeSink()];
  const branches = [branch("bad", sinks[0]!, copier(3)), branch("good", sinks[1]!)];
  const summary = await runJob(streamOf(5), jobOf(branches), context);
  expect(summary.branches.map((report) => report.error?.reason)).toEqual(["LEFT_BEHIND", undefined]);
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "committed"]);
});

test("every branch fails: the source is left, the summary says FAILED", async () => {
  let read = 0;
  async function* endless(): AsyncGenerator<Frame> {
    for (;;) {
      await Promise.resolve();
      read += 1;
      yield bytesFrame(1);
    }
  }
  const sink = new FakeSink();
  const summary = await runJob({ header, frames: endless() }, jobOf([branch("bad", sink, copier(2))]), context);
  expect(summary.state).toBe(ExportState.EXPORT_STATE_FAILED);
  expect(sink.fate).toBe("discarded");
  expect(read).toBeLessThan(20);
});

test("cancel reaches every branch and leaves nothing", async () => {
  const controller = new AbortController();
  async function* slow(): AsyncGenerator<Frame> {
    yield bytesFrame(1);
    controller.abort();
    await new Promise(() => undefined);
  }
  const sinks = [new FakeSink(), new FakeSink()];
  const job = jobOf([branch("a", sinks[0]!), branch("b", sinks[1]!)]);
  const running = runJob({ header, frames: slow() }, job, { ...context, signal: controller.signal });
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  expect(sinks.map((sink) => sink.fate)).toEqual(["discarded", "discarded"]);
});
