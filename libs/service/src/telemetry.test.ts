import { expect, test } from "@jest/globals";
import { trace } from "@opentelemetry/api";
import type { Exporter } from "@sluice/core";
import { pastDeadline } from "@sluice/core/testing";
import { ExportState } from "@sluice/proto";
import type { CallLimits } from "@sluice/transport";
import { protocolComplaint, requestedSignals, startTelemetry } from "./telemetry.ts";
import { fakeExporter } from "./testing/fake-exporter.ts";
import { exportThrough, gatedStream, harness, inlineBranch, openOf, until } from "./testing/harness.ts";
import type { ReceivedSpan } from "./testing/otlp-decode.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./testing/otlp-receiver.ts";
import { tracer } from "./tracer.ts";

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

test.each([
  [{}, false, false],
  [{ [endpoint]: "http://x:4317" }, true, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://x:4317" }, true, false],
  [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://x:4317" }, false, true],
  [{ OTEL_TRACES_EXPORTER: "otlp" }, true, false],
  [{ [endpoint]: "http://x:4317", OTEL_TRACES_EXPORTER: "none" }, false, true],
  [{ [endpoint]: "http://x:4317", OTEL_SDK_DISABLED: "TRUE" }, false, false],
])("%j switches traces %j and metrics %j", (environment, traces, metrics) => {
  expect(requestedSignals(environment)).toEqual({ traces, metrics });
});

test("a protocol that is not spoken is complained about", () => {
  const environment = { [endpoint]: "http://x:4318", OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" };
  expect(protocolComplaint(environment)).toContain("http/protobuf");
  expect(protocolComplaint({ [endpoint]: "http://x:4317" })).toBeUndefined();
});

test("nothing starts unless it is asked for", async () => {
  expect(await startTelemetry("fake")).toBeUndefined();
  expect(trace.getTracer("x").startSpan("y").isRecording()).toBe(false);
});

test("a collector that cannot be reached does not hold the end up", async () => {
  process.env[endpoint] = "http://127.0.0.1:1";
  try {
    const telemetry = await startTelemetry("sluice-fake");
    tracer().startSpan("lost").end();
    await telemetry?.stop();
  } finally {
    delete process.env[endpoint];
  }
  expect(tracer().startSpan("later").isRecording()).toBe(false);
});

test("one trace holds the client's call, the server's, branches and their phases", async () => {
  const { spans, lines, traceId } = await withTelemetry(async () => {
    await using fake = await harness();
    return await tracer().startActiveSpan("root", async (root) => {
      const { summary } = await exportThrough(
        fake.client,
        openOf([inlineBranch("good"), inlineBranch("bad", { failAfter: 1 })]),
      );
      expect(summary?.state).toBe(ExportState.EXPORT_STATE_PARTIAL);
      expect(summary?.traceId).toBe(root.spanContext().traceId);
      root.end();
      await until(() => fake.lines.length === 2);
      return { lines: fake.lines, traceId: root.spanContext().traceId };
    });
  });
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  expect(new Set(spans.map((span) => span.service))).toEqual(new Set(["sluice-fake"]));
  const method = "sluice.export.v1.ExportService/Export";
  expect(tree(spans)).toEqual({
    root: {
      [`CLIENT ${method}`]: {
        [`SERVER ${method}`]: {
          "branch raw good": { receive: {}, encode: {}, write: {}, publish: {} },
          "branch raw bad": { receive: {}, encode: {}, write: {} },
        },
      },
    },
  });

  const server = spans.find((span) => span.kind === "SERVER")!;
  expect(server.attributes).toMatchObject({
    "rpc.system.name": "grpc",
    "rpc.method": method,
    "rpc.response.status_code": "OK",
  });
  const client = spans.find((span) => span.kind === "CLIENT")!;
  expect(client.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": expect.any(Number) });
  const [good, bad] = ["good", "bad"].map((id) => spans.find((span) => span.attributes["sluice.branch_id"] === id)!);
  expect(good).toMatchObject({ isError: false, attributes: { "sluice.frames": 2, "sluice.bytes": 12 } });
  expect(bad).toMatchObject({ isError: true, attributes: { "error.type": "FAKE_FAILURE" } });
  for (const phase of spans.filter((span) => span.parentSpanId === good?.spanId)) {
    expect(phase.attributes["sluice.busy_seconds"]).toBeGreaterThanOrEqual(0);
    expect(phase.endNanoseconds).toBeGreaterThanOrEqual(phase.startNanoseconds);
    expect(phase.startNanoseconds).toBeGreaterThanOrEqual(server.startNanoseconds - 5_000_000n);
    expect(phase.endNanoseconds).toBeLessThanOrEqual(server.endNanoseconds + 5_000_000n);
  }
  for (const line of lines) expect(line).toMatchObject({ trace_id: traceId, span_id: server.spanId });
});

test("a call that is cancelled has spans that say so", async () => {
  const { spans } = await withTelemetry(async () => {
    const controller = new AbortController();
    await cutWhileExporting({ signal: controller.signal }, () => controller.abort());
    return {};
  });
  expectSpansOf("CANCELLED", spans);
});

test("a call whose deadline passes has spans that say so", async () => {
  const spans = await pastDeadline(async (deadline) => {
    const told = await withTelemetry(async () => ({ cut: await cutWhileExporting({ deadline }, () => {}) }));
    return told.cut ? told.spans : undefined;
  });
  expectSpansOf("DEADLINE_EXCEEDED", spans);
});

/** Whether a call was cut while its branch was being exported; false when it had ended before. */
async function cutWhileExporting(limits: CallLimits, cut: () => void): Promise<boolean> {
  const { exporter, entered } = watchedExporter();
  await using fake = await harness({}, [exporter]);
  const gate = gatedStream();
  const running = exportThrough(fake.client, openOf([inlineBranch("a")]), gate.stream, limits);
  const exporting = await Promise.race([entered.then(() => true), running.then(() => false)]);
  cut();
  await running;
  gate.open();
  if (exporting) await fake.logged("export ended");
  return exporting;
}

function expectSpansOf(code: string, spans: readonly ReceivedSpan[]): void {
  for (const kind of ["CLIENT", "SERVER"]) {
    const span = spans.find((candidate) => candidate.kind === kind);
    expect(span).toMatchObject({ isError: true, attributes: { "rpc.response.status_code": code, "error.type": code } });
  }
  const branch = spans.find((span) => span.name === "branch raw");
  expect(branch).toMatchObject({ isError: true, attributes: { "error.type": code } });
}

test("refused calls have spans, health checks have none", async () => {
  const { spans } = await withTelemetry(async () => {
    await using fake = await harness({ SLUICE_TOKENS: "one" });
    await expect(fake.client.listFormats()).rejects.toThrow("TOKEN_MISSING");
    return {};
  });
  expect(spans.map((span) => [span.kind, span.attributes["rpc.response.status_code"], span.isError])).toEqual(
    expect.arrayContaining([
      ["CLIENT", "UNAUTHENTICATED", true],
      ["SERVER", "UNAUTHENTICATED", false],
    ]),
  );
});

test("metrics arrive: bytes, frames, active branches, phases, calls", async () => {
  const { metrics } = await withTelemetry(async () => {
    await using fake = await harness();
    await exportThrough(fake.client, openOf([inlineBranch("a")]));
    await fake.client.listFormats();
    return {};
  });
  expect(Object.fromEntries(metrics.map(({ name, unit, total }) => [name, [total, unit]]))).toEqual({
    "rpc.server.call.duration": [2, "s"],
    "sluice.export.active": [0, "{branch}"],
    "sluice.export.frames": [2, "{frame}"],
    "sluice.export.bytes_in": [12, "By"],
    "sluice.export.bytes_out": [12, "By"],
    "sluice.export.phase.duration": [4, "s"],
    "sluice.export.stall.duration": [1, "s"],
  });
});

/** Runs `work` with telemetry sent to a receiver of this process; what arrived is complete. */
async function withTelemetry<Result extends object>(
  work: () => Promise<Result>,
): Promise<Result & Pick<OtlpReceiver, "spans" | "metrics">> {
  await using receiver = await startOtlpReceiver();
  process.env[endpoint] = receiver.endpoint;
  const telemetry = await startTelemetry("sluice-fake");
  try {
    const result = await work();
    await telemetry?.stop();
    return { ...result, spans: receiver.spans, metrics: receiver.metrics };
  } finally {
    await telemetry?.stop();
    delete process.env[endpoint];
  }
}

/** The fake exporter, and when its export begins. */
function watchedExporter(): { exporter: Exporter; entered: Promise<void> } {
  const inner = fakeExporter();
  let enter = () => {};
  const entered = new Promise<void>((resolve) => {
    enter = resolve;
  });
  const exporter: Exporter = {
    ...inner,
    export: (...given) => {
      enter();
      return inner.export(...given);
    },
  };
  return { exporter, entered };
}

type Tree = { [name: string]: Tree };

function tree(spans: readonly ReceivedSpan[], parentSpanId = ""): Tree {
  const children = spans.filter((span) => span.parentSpanId === parentSpanId);
  return Object.fromEntries(children.map((span) => [title(span), tree(spans, span.spanId)]));
}

function title({ kind, name, attributes }: ReceivedSpan): string {
  if (kind !== "INTERNAL") return `${kind} ${name}`;
  const branch = attributes["sluice.branch_id"];
  return branch === undefined ? name : `${name} ${branch}`;
}
