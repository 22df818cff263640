import { expect, jest, test } from "@jest/globals";
import { type ReceivedSpan, startOtlpReceiver } from "@sluice/service/testing";
import { eventually } from "../harness/eventually.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startChain } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";

type Link = readonly [service: string, kind: string, name: RegExp];

jest.setTimeout(60_000);
const scratch = useScratch();

test("one trace holds the command line, the gateway, the service, their branches and phases", async () => {
  await using receiver = await startOtlpReceiver();
  const telemetry = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: "100" };
  const { gateway } = await startChain(telemetry);
  const { path } = await writeOmeTiff(movie({ frames: 6, height: 40, width: 50 }), scratch.fresh(), "movie");
  const parameters = [
    "export",
    path,
    "--to",
    "ome-tiff",
    "--out",
    scratch.fresh(),
    "--json",
    "--gateway",
    gateway.address,
  ];
  const { code, lines } = await sluice(parameters, { environment: telemetry });
  expect(code).toBe(0);
  const traceId = lines.at(-1)?.traceId;
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);

  const trace = () => receiver.spans.filter((span) => span.traceId === traceId);
  const spanOf = ([service, kind, name]: Link): ReceivedSpan | undefined =>
    trace().find((span) => span.service === service && span.kind === kind && name.test(span.name));
  const call = /ExportService\/Export$/;
  const chain: Link[] = [
    ["sluice-cli", "CLIENT", call],
    ["sluice-gateway", "SERVER", call],
    ["sluice-gateway", "INTERNAL", /^branch ome-tiff$/],
    ["sluice-gateway", "CLIENT", call],
    ["sluice-ome-tiff", "SERVER", call],
    ["sluice-ome-tiff", "INTERNAL", /^branch ome-tiff$/],
    ["sluice-ome-tiff", "INTERNAL", /^encode$/],
  ];
  await eventually("every span of the chain arrives", () => chain.every((link) => spanOf(link) !== undefined));
  const spans = chain.map((link) => spanOf(link) as ReceivedSpan);
  for (const [index, span] of spans.entries()) {
    if (index > 0) expect([span.name, span.parentSpanId]).toEqual([span.name, spans[index - 1]?.spanId]);
  }
  await eventually("the phases of the service's branch arrive", () => {
    const phases = trace().filter((span) => span.parentSpanId === spans[5]?.spanId);
    return ["receive", "encode", "write", "publish"].every((phase) => phases.some(({ name }) => name === phase));
  });
  expect(spans.filter((span) => span.isError)).toEqual([]);
});
