import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { headerFrames, SluiceError } from "@sluice/core";
import { pastDeadline } from "@sluice/core/testing";
import { ExportState, FailurePolicy, type Problem } from "@sluice/proto";
import { type CallLimits, problemOf } from "@sluice/transport";
import { fakeExporter } from "./testing/fake-exporter.ts";
import {
  directoryBranch,
  exportThrough,
  filesOf,
  gatedStream,
  type Harness,
  harness,
  inlineArtifacts,
  inlineBranch,
  openOf,
  smallStream,
  temporaryFolder,
  until,
} from "./testing/harness.ts";

const bytes = Uint8Array.from({ length: 12 }, (_, index) => index);

test("an inline export: accepted first, the bytes, a report, the summary last", async () => {
  await using fake = await harness();
  const { events, problem, summary } = await exportThrough(fake.client, openOf([inlineBranch("a")]));
  expect(problem).toBeUndefined();
  expect(events[0]?.event).toEqual({
    $case: "accepted",
    value: { jobId: "job-1", maxMessageBytes: 16 * 1024 * 1024, preferredChunkBytes: 1024 * 1024 },
  });
  expect(inlineArtifacts(events, "a")).toEqual({ "small.raw": bytes });
  expect(events.at(-2)).toMatchObject({ branchId: "a", event: { $case: "branchReport" } });
  expect(summary).toMatchObject({
    jobId: "job-1",
    state: ExportState.EXPORT_STATE_SUCCEEDED,
    branches: [
      {
        branchId: "a",
        format: "raw",
        frames: 2,
        bytes: 12,
        warnings: [],
        artifacts: [{ path: "small.raw", size: 12 }],
      },
    ],
  });
});

test("a directory export puts the file under the root", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path });
  const { problem } = await exportThrough(fake.client, openOf([directoryBranch("a", "runs/today")]));
  expect(problem).toBeUndefined();
  expect(await readdir(root.path, { recursive: true })).toEqual(["runs", "runs/today", "runs/today/small.raw"]);
  expect(new Uint8Array(await readFile(join(root.path, "runs/today/small.raw")))).toEqual(bytes);
});

test("an unsafe dataset name is changed with a warning", async () => {
  await using fake = await harness();
  const { events, summary } = await exportThrough(fake.client, openOf([inlineBranch("a")]), smallStream("a/b"));
  expect(summary?.branches[0]?.artifacts[0]?.path).toBe("a_b.raw");
  expect(summary?.branches[0]?.warnings).toMatchObject([{ reason: "NAME_CHANGED", got: '"a/b"', branchId: "a" }]);
  // Told before the artifact begins, too.
  const kinds = events.map(({ event }) =>
    event?.$case === "progress" && event.value.warnings.length > 0 ? event.value.warnings[0]?.reason : event?.$case,
  );
  const told = kinds.filter((kind) => kind !== "progress");
  expect(told.slice(0, 3)).toEqual(["accepted", "NAME_CHANGED", "artifactBegin"]);
});

test("one failed branch of two: the call is OK, the summary PARTIAL", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path });
  const branches = [directoryBranch("good", "good"), directoryBranch("bad", "bad", { failAfter: 1 })];
  const { problem, summary } = await exportThrough(fake.client, openOf(branches));
  expect(problem).toBeUndefined();
  expect(summary).toMatchObject({
    state: ExportState.EXPORT_STATE_PARTIAL,
    branches: [
      { branchId: "good", state: ExportState.EXPORT_STATE_SUCCEEDED },
      { branchId: "bad", state: ExportState.EXPORT_STATE_FAILED, error: { reason: "FAKE_FAILURE", branchId: "bad" } },
    ],
  });
  expect(await filesOf(root.path)).toEqual(["small.raw"]);
});

test("abort_all: the call ends with the failed branch's error and nothing is left", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path });
  const branches = [directoryBranch("good", "good"), directoryBranch("bad", "bad", { failAfter: 1 })];
  const open = openOf(branches, { failurePolicy: FailurePolicy.FAILURE_POLICY_ABORT_ALL });
  const { problem, summary } = await exportThrough(fake.client, open);
  expect(problem).toMatchObject({ reason: "FAKE_FAILURE", grpcCode: 3, branchId: "bad" });
  expect(summary).toBeUndefined();
  expect(await filesOf(root.path)).toEqual([]);
});

test("an unknown format is refused before any data, with the list of formats", async () => {
  await using fake = await harness({}, [fakeExporter(), fakeExporter("raw2")]);
  const { events, problem } = await exportThrough(fake.client, openOf([{ ...inlineBranch("a"), format: "tiff" }]));
  expect(problem).toMatchObject({ reason: "FORMAT_UNKNOWN", grpcCode: 3, got: '"tiff"', allowed: ["raw", "raw2"] });
  expect(events).toEqual([]);
});

test("unknown options are the branch's error", async () => {
  await using fake = await harness();
  const { summary } = await exportThrough(fake.client, openOf([inlineBranch("a", { colour: "red" })]));
  expect(summary?.branches[0]?.error).toMatchObject({ reason: "OPTION_UNKNOWN", field: "options.colour" });
});

test("a header that cannot be is the call's error", async () => {
  await using fake = await harness();
  const stream = smallStream();
  const twice = { ...stream.header.arrays[0]!, arrayId: 2 };
  const broken = { ...stream, header: { ...stream.header, arrays: [...stream.header.arrays, twice] } };
  const { problem } = await exportThrough(fake.client, openOf([inlineBranch("a")]), broken);
  expect(problem?.grpcCode).toBe(3);
  expect(problem?.field).toMatch(/^header|^arrays/);
});

test.each([
  [{ SLUICE_LIMIT_BYTES: "11" }, {}, "limits.bytes"],
  [{ SLUICE_LIMIT_RANK: "2" }, {}, "limits.rank"],
  [{ SLUICE_LIMIT_SECONDS: "1" }, { delayMs: 5_000 }, "limits.seconds"],
])("%j ends the call with RESOURCE_EXHAUSTED", async (settings, options, field) => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path, ...settings });
  const { problem } = await exportThrough(fake.client, openOf([directoryBranch("a", "out", options)]));
  expect(problem).toMatchObject({ reason: "LIMIT_EXCEEDED", field, grpcCode: 8 });
  expect(await filesOf(root.path)).toEqual([]);
});

test("too many artifacts fail their branch", async () => {
  await using fake = await harness({ SLUICE_LIMIT_ARTIFACTS: "2" });
  const { summary } = await exportThrough(fake.client, openOf([inlineBranch("a", { artifacts: 3 })]));
  expect(summary?.branches[0]?.error).toMatchObject({ reason: "LIMIT_EXCEEDED", field: "limits.artifacts" });
});

test("more calls at once than allowed are refused, and welcome again later", async () => {
  await using fake = await harness({ SLUICE_LIMIT_CALLS: "1" });
  const gate = gatedStream();
  const first = exportThrough(fake.client, openOf([inlineBranch("a")]), gate.stream);
  await fake.logged("export started");
  const second = await exportThrough(fake.client, openOf([inlineBranch("a")]));
  expect(second.problem).toMatchObject({ reason: "BUSY", grpcCode: 8, retryable: true });
  gate.open();
  expect((await first).summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  const third = await exportThrough(fake.client, openOf([inlineBranch("a")]));
  expect(third.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
});

test("an export that its caller cancels leaves nothing", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path });
  const controller = new AbortController();
  const problem = await cutWhileWriting(fake, root.path, { signal: controller.signal }, () => controller.abort());
  await expectCut(fake, root.path, problem, "CANCELLED");
});

test("an export past its deadline leaves nothing", async () => {
  await using root = await temporaryFolder();
  await using fake = await harness({ SLUICE_OUTPUT_ROOT: root.path });
  const problem = await pastDeadline((deadline) => cutWhileWriting(fake, root.path, { deadline }, () => {}));
  await expectCut(fake, root.path, problem, "DEADLINE_EXCEEDED");
});

/** Why an export ended that was cut while its artifact was being written; undefined when it ended before. */
async function cutWhileWriting(
  fake: Harness,
  root: string,
  limits: CallLimits,
  cut: () => void,
): Promise<Problem | undefined> {
  const gate = gatedStream();
  let over = false;
  const running = exportThrough(fake.client, openOf([directoryBranch("a", "out")]), gate.stream, limits);
  void running.finally(() => {
    over = true;
  });
  await until(async () => over || (await filesOf(root)).length > 0);
  const writing = !over;
  cut();
  const { problem } = await running;
  gate.open();
  return writing ? problem : undefined;
}

async function expectCut(fake: Harness, root: string, problem: Problem | undefined, reason: string): Promise<void> {
  expect(problem?.reason).toBe(reason);
  await until(async () => (await filesOf(root)).length === 0);
  expect(await fake.logged("export ended")).toMatchObject({ job: "job-1", branches: ["a: raw"], reason });
}

test("a call that does not open its job is ended", async () => {
  await using fake = await harness({ SLUICE_LIMIT_OPENING_SECONDS: "1" });
  const call = fake.client.export();
  const [error] = await once(call.resume(), "error");
  expect(problemOf(error)).toMatchObject({ reason: "OPEN_MISSING", grpcCode: 4 });
});

test("formats are listed; one that cannot be asked becomes a problem", async () => {
  const away = {
    ...fakeExporter("away"),
    describe: () => Promise.reject(new SluiceError({ reason: "SERVICE_UNAVAILABLE", message: "No.", grpcCode: 14 })),
  };
  await using fake = await harness({}, [fakeExporter(), away]);
  const { formats, problems } = await fake.client.listFormats();
  expect(formats.map(({ name }) => name)).toEqual(["raw"]);
  expect(formats[0]?.optionSchema).toMatchObject({ properties: { delayMs: { default: 0 } } });
  expect(problems).toMatchObject([{ reason: "SERVICE_UNAVAILABLE", field: "formats.away" }]);
});

test("a dry run tells all faults of every branch without data", async () => {
  await using fake = await harness();
  const header = headerFrames(smallStream("a/b").header);
  const branches = [
    inlineBranch("fine"),
    inlineBranch("options", { colour: "red" }),
    { ...inlineBranch("format"), format: "tiff" },
    directoryBranch("delivery", "x"),
  ];
  const { forecasts } = await fake.client.validate({ open: openOf(branches), header });
  expect(forecasts.map(({ branchId, problems }) => [branchId, problems.map(({ reason }) => reason)])).toEqual([
    ["fine", ["NAME_CHANGED"]],
    ["options", ["NAME_CHANGED", "OPTION_UNKNOWN"]],
    ["format", ["FORMAT_UNKNOWN"]],
    ["delivery", ["DELIVERY_REFUSED"]],
  ]);
  expect(forecasts[0]).toMatchObject({ artifactBytes: 1, memoryBytes: 1024 });
});

test("a dry run without a dataset is refused", async () => {
  await using fake = await harness();
  await expect(fake.client.validate({ open: openOf([inlineBranch("a")]), header: [] })).rejects.toThrow(
    "HEADER_MALFORMED",
  );
});

test("the log has one line at a call's start and one at its end, without payload", async () => {
  await using fake = await harness();
  await exportThrough(fake.client, openOf([inlineBranch("a"), inlineBranch("b", { failAfter: 0 })]));
  await until(async () => fake.lines.length === 2);
  expect(fake.lines).toMatchObject([
    { level: "debug", msg: "export started", service: "fake", job: "job-1", branches: ["a: raw", "b: raw"] },
    {
      level: "warn",
      msg: "export ended",
      job: "job-1",
      code: "OK",
      state: "EXPORT_STATE_PARTIAL",
      seconds: expect.any(Number),
      branches: [
        { id: "a", state: "EXPORT_STATE_SUCCEEDED", frames: 2, bytes: 12, artifactBytes: 12 },
        { id: "b", state: "EXPORT_STATE_FAILED", reason: "FAKE_FAILURE" },
      ],
    },
  ]);
});
