import { expect, test } from "@jest/globals";
import { type DatasetStream, headerFrames } from "@sluice/core";
import { collect, problemOf as thrownBy } from "@sluice/core/testing";
import { ExportState, KeptLayers } from "@sluice/proto";
import { AnalysisClient, ExportClient, remoteAnalysis } from "@sluice/transport";
import { fakeAnalysis } from "./testing/fake-analysis.ts";
import { fakeExporter } from "./testing/fake-exporter.ts";
import { exportThrough, harness, inlineArtifacts, inlineBranch, openOf, smallStream } from "./testing/harness.ts";

const inverted = Uint8Array.from({ length: 12 }, (_, index) => 255 - index);
const withSteps = (...names: string[]) => ({ steps: names.map((name) => ({ name, parameters: {} })) });
const plan = { ...withSteps("test.invert"), layers: KeptLayers.KEPT_LAYERS_NONE };
const going = new AbortController().signal;

test("an export goes through its steps first", async () => {
  await using fake = await harness({}, [fakeExporter()], fakeAnalysis);
  const { events, summary } = await exportThrough(
    fake.client,
    openOf([inlineBranch("a")], withSteps("test.invert", "test.invert", "test.invert")),
  );
  expect(summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect(inlineArtifacts(events, "a")).toEqual({ "inverted.raw": inverted });
});

test("a service without analysis refuses steps before the header is read", async () => {
  await using fake = await harness();
  const open = openOf([inlineBranch("a")], withSteps("test.invert"));
  expect((await exportThrough(fake.client, open)).problem).toMatchObject({ reason: "ANALYSIS_MISSING" });
  const { forecasts } = await fake.client.validate({ open, header: headerFrames(smallStream().header) });
  expect(forecasts).toMatchObject([{ branchId: "a", problems: [{ reason: "ANALYSIS_MISSING", branchId: "a" }] }]);
});

test("a dry run asks the branches for what the steps leave", async () => {
  await using fake = await harness({}, [fakeExporter()], fakeAnalysis);
  const header = headerFrames(smallStream().header);
  const told = await fake.client.validate({ open: openOf([inlineBranch("a")], withSteps("test.invert")), header });
  expect(told.forecasts).toMatchObject([{ branchId: "a", problems: [], artifactBytes: 1 }]);
  const refused = await fake.client.validate({ open: openOf([inlineBranch("a")], withSteps("test.other")), header });
  expect(refused.forecasts).toMatchObject([
    { branchId: "a", problems: [{ reason: "STEP_UNKNOWN", got: "test.other" }] },
  ]);
});

test("a service of steps alone serves no exports; its calls are logged", async () => {
  await using fake = await harness({}, [], fakeAnalysis);
  const client = new AnalysisClient({ address: fake.service.address });
  const remote = remoteAnalysis(client, () => "job-7");
  expect((await remote.steps()).map((step) => step.name)).toEqual(["test.invert"]);
  const result = await remote.apply(smallStream(), plan, going);
  const data = (await collect(result.frames)).flatMap(({ content }) =>
    content?.$case === "chunk" ? [...content.value.data] : [],
  );
  expect(data).toEqual([...inverted]);
  expect(await fake.logged("analysis ended")).toMatchObject({ job: "job-7", code: "OK", steps: ["test.invert"] });
  const exports = new ExportClient({ address: fake.service.address });
  expect(await thrownBy(() => exports.listFormats())).toMatchObject({ reason: "SERVICE_UNKNOWN" });
  for (const used of [client, exports]) used.close();
});

test("an analysis without steps is refused", async () => {
  await using fake = await harness({}, [], fakeAnalysis);
  const client = new AnalysisClient({ address: fake.service.address });
  const remote = remoteAnalysis(client, () => "job-8");
  const nothing = { steps: [], layers: KeptLayers.KEPT_LAYERS_NONE };
  expect(await thrownBy(() => remote.apply(smallStream(), nothing, going))).toMatchObject({ reason: "STEPS_MISSING" });
  client.close();
});

test("a service that stops ends the stream with an error, never as if it were whole", async () => {
  const fake = await harness({}, [], fakeAnalysis);
  const client = new AnalysisClient({ address: fake.service.address });
  const { header, frames } = smallStream();
  let stopped = () => {};
  const untilStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const slow: DatasetStream = {
    header,
    frames: (async function* () {
      yield* frames;
      await untilStopped;
    })(),
  };
  const result = await remoteAnalysis(client, () => "job-9").apply(slow, plan, going);
  const read = async () => {
    for await (const _ of result.frames) void fake.service.stop(0).then(stopped);
  };
  expect(await thrownBy(read)).toMatchObject({ reason: "SHUTTING_DOWN", retryable: true });
  client.close();
});
