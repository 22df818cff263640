import { randomUUID } from "node:crypto";
import { expect, test } from "@jest/globals";
import { type Analysis, type DatasetStream, SluiceError, warning } from "@sluice/core";
import { collect, memoryStream, problemOf } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import { readConfiguration, serve } from "@sluice/service";
import { AnalysisClient, remoteAnalysis } from "@sluice/transport";
import { analysis } from "./index.ts";
import { type Call, gather, runSteps, stepsOf } from "./testing/run.ts";

/** The steps of this package behind a service of this process. */
async function withService(work: (remote: Analysis) => Promise<void>): Promise<void> {
  const configuration = readConfiguration({ SLUICE_PORT: "0", SLUICE_LOG_LEVEL: "error" });
  const service = await serve({ name: "analysis", exporters: [], analysis, configuration });
  const client = new AnalysisClient({ address: service.address });
  try {
    await work(remoteAnalysis(client, randomUUID));
  } finally {
    client.close();
    await service.stop(0);
  }
}

const frames = 20;
const movie = () =>
  memoryStream(
    [
      {
        name: "image",
        dataType: "float32",
        shape: [frames, 16, 24],
        data: Float32Array.from({ length: frames * 16 * 24 }, (_, index) => Math.sin(index) * 10 + index / 100),
      },
    ],
    { imageStack: {} },
  );

const calls: readonly Call[] = ["afm.remove_plane", "afm.mask_mean_offset", ["afm.gaussian_filter", { sigma: 1.5 }]];
const plan = (steps: readonly Call[] = calls) => ({ steps: stepsOf(steps), layers: KeptLayers.KEPT_LAYERS_ALL });
const going = new AbortController().signal;

test("a service gives what this process gives: arrays, header, history", () =>
  withService(async (remote) => {
    const local = await runSteps(movie(), calls);
    const distant = await gather(await remote.apply(movie(), plan(), going));
    expect([...distant.arrays]).toEqual([...local.arrays]);
    const steps = (dataset: typeof local.dataset) => dataset.provenance?.steps.map((step) => ({ ...step, time: 0 }));
    expect(steps(distant.dataset)).toEqual(steps(local.dataset));
  }));

test("a service tells sizes when all frames were seen, as this process does", () =>
  withService(async (remote) => {
    const steps: Call[] = [["afm.align_frames", { max_shift: 3 }], "afm.intersection_crop", "afm.count_nonzero"];
    const local = await runSteps(movie(), steps);
    const distant = await gather(await remote.apply(movie(), plan(steps), going));
    expect([...distant.arrays]).toEqual([...local.arrays]);
    expect([...distant.tables]).toEqual([...local.tables]);
    expect(local.arrays.get("image")?.shape).not.toEqual([frames, 16, 24]);
  }));

test("its steps and the header after a plan are told without data", () =>
  withService(async (remote) => {
    expect(await remote.steps()).toEqual(await analysis.steps());
    const outlook = await remote.check(movie().header, plan());
    expect(outlook.problems).toEqual([]);
    expect(outlook.header?.arrays.map((array) => array.name)).toEqual(
      (await analysis.check(movie().header, plan())).header?.arrays.map((array) => array.name),
    );
    expect(await remote.check(movie().header, plan(["afm.nothing"]))).toMatchObject({
      problems: [{ reason: "STEP_UNKNOWN", got: '"afm.nothing"' }],
    });
  }));

test("a fault is told before the first frame, with its field", () =>
  withService(async (remote) => {
    const wrong = plan([["afm.gaussian_filter", { sigma: -1 }]]);
    expect(await problemOf(() => remote.apply(movie(), wrong, going))).toMatchObject({
      reason: "OPTION_INVALID",
      field: "afm.gaussian_filter.sigma",
    });
  }));

test("a fault in a frame ends the stream and names the frame", () =>
  withService(async (remote) => {
    const flat = memoryStream(
      [{ name: "image", dataType: "float32", shape: [2, 2, 3], data: new Float32Array(12).fill(Number.NaN) }],
      { imageStack: {} },
    );
    const result = await remote.apply(flat, plan(["afm.remove_plane"]), going);
    expect(await problemOf(() => collect(result.frames))).toMatchObject({
      reason: "BACKGROUND_TOO_SMALL",
      field: "step_1_remove_plane, frame 0",
    });
  }));

test("what the source throws comes out, not that the service was cut off", () =>
  withService(async (remote) => {
    const { header, frames: source } = movie();
    const broken: DatasetStream = {
      header,
      frames: (async function* () {
        for await (const frame of source) {
          yield frame;
          throw new SluiceError({ reason: "DISK_GONE", message: "The disk is gone." });
        }
      })(),
    };
    const outcome = async () => collect((await remote.apply(broken, plan(), going)).frames);
    expect(await problemOf(outcome)).toMatchObject({ reason: "DISK_GONE" });
  }));

test("warnings of the source and of steps come back with the stream's end", () =>
  withService(async (remote) => {
    const array = { name: "raw", dataType: "int16" as const, shape: [900, 2], axes: ["sample", "channel"] };
    const silent = memoryStream([{ ...array, data: new Int16Array(1800).fill(7) }]);
    const odd = warning({ reason: "ODD", message: "The recording is odd." });
    const steps: Call[] = [["spikes.threshold", { samplingRateHz: 20_000 }], "spikes.rates"];
    const result = await remote.apply({ ...silent, warnings: () => [odd] }, plan(steps), going);
    await collect(result.frames);
    expect(result.warnings?.()).toMatchObject([odd, { reason: "CHANNEL_DEAD", got: "2 of 2 channels: 0, 1" }]);
  }));

test("warnings pass through a chain of image steps", () =>
  withService(async (remote) => {
    const odd = warning({ reason: "ODD", message: "The recording is odd." });
    const result = await remote.apply({ ...movie(), warnings: () => [odd] }, plan(), going);
    await collect(result.frames);
    expect(result.warnings?.()).toEqual([odd]);
  }));

test("an abort and a reader that leaves end the call", () =>
  withService(async (remote) => {
    const stop = new AbortController();
    const result = await remote.apply(movie(), plan(), stop.signal);
    for await (const _ of result.frames) break;
    const other = await remote.apply(movie(), plan(), stop.signal);
    stop.abort(new SluiceError({ reason: "ENOUGH", message: "Enough." }));
    expect(await problemOf(() => collect(other.frames))).toMatchObject({ reason: "ENOUGH" });
  }));
