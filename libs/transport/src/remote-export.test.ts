import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { type ArtifactSink, type ExportContext, problem, runJob, SluiceError, Stopwatch, warning } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import {
  Delivery,
  ExportOpen,
  type ExportResponse,
  ExportState,
  FailurePolicy,
  type Frame,
  type Problem,
} from "@sluice/proto";
import { memorySink } from "@sluice/sink/testing";
import { ExportClient } from "./client.ts";
import { delegatedSink } from "./delegated-sink.ts";
import { halfClosed } from "./half-closed.ts";
import { type ExportServerCall, readExport } from "./reader.ts";
import { remoteExport } from "./remote-export.ts";
import { remoteExporter } from "./remote-exporter.ts";
import { runRemoteJob } from "./remote-job.ts";
import { replySender } from "./reply.ts";
import { type Loopback, loopback } from "./testing/loopback.ts";
import { proxyOf } from "./testing/proxy.ts";
import { rawExporter, serveWith, validateWith } from "./testing/raw-format.ts";
import { chunkOf, streamOf } from "./testing/streams.ts";

const expectedBytes = (count: number, size: number) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => Buffer.alloc(size, index)));

function openOf(branchIds: readonly string[], options: Record<string, unknown> = {}, policy = 0): ExportOpen {
  const delivery = Delivery.create({ target: { $case: "inline", value: {} }, name: "stack" });
  const branches = branchIds.map((branchId) => ({ branchId, format: "raw", options, delivery }));
  return ExportOpen.create({ jobId: "job", branches, failurePolicy: policy as FailurePolicy });
}

const rawService = (): Promise<Loopback> =>
  loopback(serveWith(rawExporter()), {
    listFormats: async () => ({ formats: [await rawExporter().describe()], problems: [] }),
    validateExport: (request) => validateWith(rawExporter(), request),
  });

function contextOf(signal = new AbortController().signal): ExportContext {
  return { signal, jobId: "job", name: "stack", clock: new Stopwatch(), now: () => new Date(0), uuid: () => "id" };
}

/** A sink that breaks when an artifact is opened in it. */
function brokenSink(): ArtifactSink {
  return { ...memorySink(), create: () => Promise.reject(new SluiceError({ reason: "DISK_FULL", message: "Full." })) };
}

test("the artifacts of every branch come back and are kept, with digests that agree", async () => {
  await using link = await rawService();
  const sinks = new Map([
    ["one", memorySink()],
    ["two", memorySink()],
  ]);
  const seen: string[] = [];
  const summary = await runRemoteJob(link.client, openOf(["one", "two"]), sinks, streamOf(5, 400_000), {
    onBranch: ({ branchId }) => seen.push(branchId),
    onProgress: (branchId, { bytesIn }) => seen.push(`${branchId} ${bytesIn}`),
  });
  expect(summary.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(seen).toEqual(expect.arrayContaining(["one", "two", "one 2000000", "two 2000000"]));
  const bytes = expectedBytes(5, 400_000);
  for (const [index, [branchId, sink]] of [...sinks].entries()) {
    expect(sink.committed).toBe(true);
    expect(bytes.equals(sink.files.get("stack.raw")!)).toBe(true);
    expect(summary.branches[index]).toMatchObject({ branchId, frames: 5, bytes: 2_000_000 });
    expect(summary.branches[index]?.artifacts).toMatchObject([
      { path: "stack.raw", uri: "memory:stack.raw", size: 2_000_000, formatVersion: "raw 1" },
    ]);
    expect(Buffer.from(summary.branches[index]!.artifacts[0]!.sha256)).toEqual(
      createHash("sha256").update(bytes).digest(),
    );
  }
});

test("warnings of the service are told while it works, and stand in its report", async () => {
  const raw = rawExporter();
  const odd = warning({ reason: "ODD", message: "It is odd.", field: "branches[0].options.even" });
  await using link = await loopback(
    serveWith({
      ...raw,
      export: async (stream, options, sink, context) => {
        context.warn?.([odd]);
        return { ...(await raw.export(stream, options, sink, context)), warnings: [odd] };
      },
    }),
  );
  const sink = memorySink();
  const told: unknown[] = [];
  const warn = (warnings: readonly Problem[]) => told.push(sink.files.size, ...warnings);
  const exporter = remoteExporter("raw", link.client);
  const findings = await exporter.export(streamOf(3, 1_000), {}, sink, { ...contextOf(), warn });
  const expected = expect.objectContaining({ reason: "ODD", field: "options.even" });
  expect(told).toEqual([0, expected]);
  expect(findings.warnings).toEqual([expected]);
});

test("a branch that fails in the service is discarded, the others are kept", async () => {
  const raw = rawExporter();
  await using link = await loopback(
    serveWith({
      ...raw,
      export: (stream, _options, sink, context) => raw.export(stream, { fail: failing(context.name) }, sink, context),
    }),
  );
  const open = openOf(["bad", "good"]);
  open.branches[0]!.delivery!.name = "fail";
  open.branches[1]!.delivery = { ...open.branches[1]!.delivery!, name: "stack" };
  const sinks = new Map([
    ["bad", memorySink()],
    ["good", memorySink()],
  ]);
  const summary = await runRemoteJob(link.client, open, sinks, streamOf(3, 1_000));
  expect(summary.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
  expect(summary.branches[0]).toMatchObject({ error: { reason: "DISK_FULL", branchId: "bad" }, artifacts: [] });
  expect(sinks.get("bad")).toMatchObject({ committed: false, discarded: expect.stringContaining("DISK_FULL") });
  expect(sinks.get("good")?.committed).toBe(true);
});

function failing(name: string): string {
  return name === "fail" ? "export" : "";
}

test("a branch that cannot be kept here fails alone, the others go on", async () => {
  await using link = await rawService();
  const good = memorySink();
  const sinks = new Map([
    ["bad", brokenSink()],
    ["good", good],
  ]);
  const summary = await runRemoteJob(link.client, openOf(["bad", "good"]), sinks, streamOf(3, 1_000));
  expect(summary.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
  expect(summary.branches[0]).toMatchObject({ state: ExportState.EXPORT_STATE_FAILED, error: { reason: "DISK_FULL" } });
  expect(good.committed).toBe(true);
});

test("when no branch can be kept, or all are to stop, the call is cancelled and the sink's error comes out", async () => {
  await using link = await rawService();
  const alone = remoteExport(link.client, openOf(["bad"]), new Map([["bad", brokenSink()]]), streamOf(3, 1_000));
  expect(await problemOf(() => alone)).toMatchObject({ reason: "DISK_FULL" });
  const good = memorySink();
  const sinks = new Map([
    ["bad", brokenSink()],
    ["good", good],
  ]);
  const open = openOf(["bad", "good"], {}, FailurePolicy.FAILURE_POLICY_ABORT_ALL);
  const both = runRemoteJob(link.client, open, sinks, streamOf(3, 1_000));
  expect(await problemOf(() => both)).toMatchObject({ reason: "DISK_FULL" });
  expect(good).toMatchObject({ committed: false, discarded: expect.stringContaining("DISK_FULL") });
});

test("an error of the source comes out as it is, and the service keeps nothing", async () => {
  const broken = new Error("The recording cannot be read.");
  async function* frames(): AsyncGenerator<Frame> {
    yield chunkOf(0, 8);
    throw broken;
  }
  await using link = await rawService();
  const sink = memorySink();
  const { header } = streamOf(0, 8);
  await expect(
    runRemoteJob(link.client, openOf(["one"]), new Map([["one", sink]]), { header, frames: frames() }),
  ).rejects.toBe(broken);
  expect(sink).toMatchObject({ committed: false, discarded: expect.stringContaining("cannot be read") });
});

test("an abort stops the export with its reason", async () => {
  const controller = new AbortController();
  const reason = new SluiceError({ reason: "INTERRUPTED", message: "The user pressed Ctrl-C." });
  await using link = await rawService();
  const stream = streamOf(1_000, 100_000, (index) => {
    if (index === 20) controller.abort(reason);
  });
  const sink = memorySink();
  const { signal } = controller;
  await expect(runRemoteJob(link.client, openOf(["one"]), new Map([["one", sink]]), stream, { signal })).rejects.toBe(
    reason,
  );
  expect(sink.discarded).toContain("INTERRUPTED");
  expect((await link.faults[0])?.problem.reason).toBe("CANCELLED");
});

test("a service that dies in the middle is unavailable, and nothing is kept", async () => {
  await using link = await rawService();
  await using proxy = await proxyOf(link.port);
  const client = new ExportClient({ address: proxy.address });
  const stream = streamOf(1_000, 100_000, (index) => {
    if (index === 20) proxy.cut();
  });
  const sink = memorySink();
  const job = runRemoteJob(client, openOf(["one"]), new Map([["one", sink]]), stream);
  expect(await problemOf(() => job)).toMatchObject({ reason: "SERVICE_UNAVAILABLE", retryable: true });
  expect(sink).toMatchObject({ committed: false, discarded: expect.stringContaining("SERVICE_UNAVAILABLE") });
  client.close();
});

/** A service that drains the stream and answers what it is told to. */
const answering = (responses: readonly ExportResponse[], drain = true) =>
  loopback(async (call: ExportServerCall) => {
    const reply = replySender(call);
    const { stream } = await readExport(call);
    if (drain) for await (const _ of stream.frames);
    for (const response of responses) await reply(response);
    call.end();
  });

const report = { branchId: "one", format: "raw", state: ExportState.EXPORT_STATE_SUCCEEDED };
const artifact = {
  path: "stack.raw",
  uri: "",
  size: 4,
  sha256: new Uint8Array(),
  mediaType: "",
  formatVersion: "",
  encoding: undefined,
};
const event = (value: ExportResponse["event"], branchId = "one"): ExportResponse => ({ branchId, event: value });
const begin = event({
  $case: "artifactBegin",
  value: { artifactId: 1, path: "stack.raw", mediaType: "", appendOnly: true },
});
const chunk = event({
  $case: "artifactChunk",
  value: { artifactId: 1, offset: 0, crc32c: undefined, data: Buffer.from("data") },
});
const endOf = (size: number) =>
  event({ $case: "artifactEnd", value: { artifactId: 1, artifact: { ...artifact, size } } });
function summaryOf(branches: unknown[]): ExportResponse {
  const value = {
    jobId: "job",
    state: ExportState.EXPORT_STATE_SUCCEEDED,
    branches,
    startTime: undefined,
    endTime: undefined,
    traceId: "",
    warnings: [],
  };
  return event({ $case: "summary", value } as ExportResponse["event"], "");
}
const blank = {
  error: undefined,
  artifacts: [],
  warnings: [],
  losses: [],
  origins: [],
  gaps: [],
  digests: [],
  timing: undefined,
  frames: 0,
  bytes: 0,
  verification: undefined,
};
const summary = (artifacts: unknown[]) => summaryOf([{ ...blank, ...report, artifacts }]);

test.each<[string, ExportResponse[], { reason: string; got?: unknown }]>([
  ["no summary", [begin, chunk, endOf(4)], { reason: "SUMMARY_MISSING" }],
  ["a summary without the branch", [summaryOf([])], { reason: "SUMMARY_WRONG", got: 'no report of branch "one"' }],
  [
    "an artifact that did not come",
    [summary([artifact])],
    { reason: "SUMMARY_WRONG", got: 'nothing of "stack.raw", 4 bytes, in branch "one"' },
  ],
  [
    "an artifact of another size",
    [begin, chunk, endOf(4), summary([{ ...artifact, size: 5 }])],
    { reason: "SUMMARY_WRONG" },
  ],
  ["an artifact without its end", [begin, chunk, summary([])], { reason: "ARTIFACT_CUT" }],
  [
    "a wrong size at an artifact's end",
    [begin, chunk, endOf(5), summary([artifact])],
    { reason: "ARTIFACT_SIZE_WRONG" },
  ],
  ["an artifact of an unknown branch", [{ ...begin, branchId: "two" }], { reason: "ARTIFACT_UNEXPECTED" }],
  ["more after the summary", [summary([]), begin], { reason: "RESPONSE_AFTER_SUMMARY", got: "artifactBegin" }],
])("a service that answers %s is not believed", async (_name, responses, expected) => {
  await using link = await answering(responses);
  const sink = memorySink();
  const job = runRemoteJob(link.client, openOf(["one"]), new Map([["one", sink]]), streamOf(2, 8));
  expect(await problemOf(() => job)).toMatchObject({ ...expected, grpcCode: 15 });
  expect(sink.committed).toBe(false);
});

test("nor one that claims success before it was sent the stream", async () => {
  await using link = await answering([summary([])], false);
  const job = remoteExport(link.client, openOf(["one"]), new Map([["one", memorySink()]]), streamOf(1_000, 1_000_000));
  expect(await problemOf(() => job)).toMatchObject({ reason: "SUMMARY_WRONG", got: expect.stringContaining("before") });
});

test("an artifact whose digest differs from the one that was sent is discarded", async () => {
  const sha256 = createHash("sha256").update("other").digest();
  await using link = await answering([begin, chunk, endOf(4), summary([{ ...artifact, sha256 }])]);
  const sink = memorySink();
  const { branches, state } = await runRemoteJob(
    link.client,
    openOf(["one"]),
    new Map([["one", sink]]),
    streamOf(2, 8),
  );
  expect(state).toBe(ExportState.EXPORT_STATE_FAILED);
  expect(branches[0]).toMatchObject({ error: { reason: "ARTIFACT_DIGEST_WRONG", allowed: [sha256.toString("hex")] } });
  expect(sink.discarded).toContain("ARTIFACT_DIGEST_WRONG");
});

test("a remote exporter is an exporter like any other", async () => {
  await using link = await rawService();
  const remote = remoteExporter("raw", link.client);
  const local = rawExporter();
  const { header } = streamOf(3, 8);
  expect(await remote.describe()).toEqual(await local.describe());
  expect(await remote.check(header, {})).toEqual(await local.check(header, {}));
  expect(await remote.check(header, { fail: "check" })).toMatchObject({
    problems: [{ reason: "OPTION_INVALID", field: "options.fail", branchId: "" }],
  });
  const [near, far] = [memorySink(), memorySink()];
  const found = await remote.export(streamOf(3, 100_000), {}, far, contextOf());
  expect(found).toMatchObject(await local.export(streamOf(3, 100_000), {}, near, contextOf()));
  expect(found).not.toHaveProperty("artifacts");
  expect(far.files).toEqual(near.files);
  const refusal = remote.export(streamOf(3, 8), { fail: "export" }, memorySink(), contextOf());
  expect(await problemOf(() => refusal)).toMatchObject({ reason: "DISK_FULL", branchId: "" });
});

test("it says when its service writes another format", async () => {
  await using link = await rawService();
  const remote = remoteExporter("gif", link.client);
  expect(await problemOf(() => remote.describe())).toMatchObject({ reason: "FORMAT_UNKNOWN", allowed: ["raw"] });
});

test("artifacts that the service is to keep are reported, not brought", async () => {
  let asked: Delivery | undefined;
  await using link = await loopback(async (call) => {
    const { open, stream } = await readExport(call);
    asked = open.branches[0]?.delivery;
    for await (const _ of stream.frames);
    const branches = [
      { ...blank, ...report, branchId: "raw", artifacts: [{ ...artifact, uri: "file:///out/stack.raw" }] },
    ];
    await replySender(call)(summaryOf(branches));
    call.end();
  });
  const delivery = Delivery.create({
    target: { $case: "directory", value: { directory: "out", overwrite: false } },
    name: "stack",
  });
  const job = {
    jobId: "job",
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
    branches: [
      {
        branchId: "one",
        exporter: remoteExporter("raw", link.client),
        options: {},
        sink: delegatedSink(delivery),
        name: "stack",
      },
    ],
  };
  const { branches } = await runJob(streamOf(2, 8), job, { ...contextOf() });
  expect(asked).toEqual(delivery);
  expect(branches[0]?.artifacts).toMatchObject([{ path: "stack.raw", uri: "file:///out/stack.raw" }]);
  const refusal = delegatedSink(delivery).create("x", "");
  expect(await problemOf(() => refusal)).toMatchObject({ reason: "DELIVERY_DELEGATED" });
});

test("an answer that comes before the stream's end is heard by a client that is slow to take its artifacts", async () => {
  const failed = { ...blank, branchId: "one", state: ExportState.EXPORT_STATE_FAILED };
  const error = problem({ reason: "DISK_FULL", message: "No room." });
  const chunks = Array.from({ length: 8 }, (_, offset) =>
    event({ $case: "artifactChunk", value: { artifactId: 1, offset, crc32c: undefined, data: Uint8Array.of(offset) } }),
  );
  await using link = await loopback(async (call) => {
    await readExport(call);
    const reply = replySender(call);
    for (const response of [begin, ...chunks, summaryOf([{ ...failed, error }])]) await reply(response);
    await halfClosed(call);
    call.end();
  });
  const fast = memorySink();
  const slow: ArtifactSink = {
    ...fast,
    create: async (path, mediaType, layout) => {
      const writer = await fast.create(path, mediaType, layout);
      const write = async (bytes: Uint8Array) => {
        await sleep(5);
        await writer.write(bytes);
      };
      return Object.create(writer, { write: { value: write }, position: { get: () => writer.position } });
    },
  };
  const heard = await remoteExport(link.client, openOf(["one"]), new Map([["one", slow]]), streamOf(200, 1_000_000));
  expect(heard.state).toBe(ExportState.EXPORT_STATE_FAILED);
  expect(heard.branches).toMatchObject([{ branchId: "one", error: { reason: "DISK_FULL" } }]);
});
