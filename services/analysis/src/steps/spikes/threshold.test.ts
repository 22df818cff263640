import { expect, test } from "@jest/globals";
import { checkHeader, type RawOptions, warning } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { KeptLayers, Severity } from "@sluice/proto";
import * as fc from "fast-check";
import { analysis } from "../../index.ts";
import {
  gatherSpikes,
  goldenRaw,
  rawStream,
  runSpikeSteps,
  spikelabGolden,
  spikelabMissing,
} from "../../testing/spikelab.ts";

const withGolden = spikelabMissing ? test.skip : test;
const rate = 20_000;

async function timesMs(
  data: Float64Array,
  channels: number,
  parameters: RawOptions,
  stream = rawStream(data, channels),
) {
  const outcome = await runSpikeSteps(stream, [["spikes.threshold", { samplingRateHz: rate, ...parameters }]]);
  return outcome.ragged.get("spikes/times")?.map((row) => row.map((seconds) => seconds * 1e3)) ?? [];
}

const cases: readonly (readonly [string, RawOptions])[] = [
  ["default", {}],
  ["down", { direction: "down" }],
  ["up", { direction: "up" }],
  ["nofilter_down_s5", { direction: "down", filter: false }],
  ["nohyst_nofilter_down", { direction: "down", filter: false, hysteresis: false }],
];

for (const [name, parameters] of cases) {
  withGolden(`mode spikelab gives SpikeLab's numbers: ${name}${spikelabMissing}`, async () => {
    const golden = spikelabGolden().from_thresholding[name];
    const raw = goldenRaw();
    const given = { mode: "spikelab", sigma: 5, ...parameters };
    for (const layout of ["samples-first", "channels-first"] as const) {
      const stream = rawStream(raw, 3, { layout, perChunk: 777 });
      const outcome = await runSpikeSteps(stream, [["spikes.threshold", { samplingRateHz: rate, layout, ...given }]]);
      const trains = outcome.ragged.get("spikes/times") ?? [];
      expect(trains.map(({ length }) => length)).toEqual(golden.train.map((train: number[]) => train.length));
      for (const [unit, train] of trains.entries()) {
        for (const [index, seconds] of train.entries()) expect(seconds * 1e3).toBeCloseTo(golden.train[unit][index], 9);
      }
      const noise = outcome.tables.get("spikes/units")?.get("noise") ?? [];
      for (const [channel, value] of noise.entries()) expect(value).toBeCloseTo(golden.std[channel], 10);
      expect(outcome.header.dataset.spikeTrains[0]).toMatchObject({ durationSeconds: 1, rawArray: "raw" });
    }
  });
}

withGolden(`mode robust finds each planted event once, where it is${spikelabMissing}`, async () => {
  const planted: number[][] = spikelabGolden().from_thresholding.events_at_samples;
  const found = await timesMs(goldenRaw(), 3, {});
  expect(found.map(({ length }) => length)).toEqual(planted.map(({ length }) => length));
  for (const [channel, times] of found.entries()) {
    for (const [index, time] of times.entries()) {
      const distance = time * 20 - (planted[channel]?.[index] as number);
      expect(distance).toBeGreaterThanOrEqual(0);
      // The planted shape falls to its trough within 20 samples.
      expect(distance).toBeLessThan(20);
    }
  }
});

test("the cut into chunks changes nothing, nor does the layout", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 30, max: 400 }),
      fc.integer({ min: 1, max: 97 }),
      fc.constantFrom("robust", "spikelab"),
      fc.integer(),
      async (channels, samples, perChunk, mode, seed) => {
        let state = seed >>> 0;
        const data = Float64Array.from({ length: channels * samples }, () => {
          state = (Math.imul(1664525, state) + 1013904223) >>> 0;
          return (state / 2 ** 32 - 0.5) ** 7;
        });
        const given = { mode, sigma: 2 };
        const whole = await timesMs(data, channels, given, rawStream(data, channels, { perChunk: samples }));
        const cut = await timesMs(data, channels, given, rawStream(data, channels, { perChunk }));
        const layout = "channels-first" as const;
        const turned = await timesMs(
          data,
          channels,
          { ...given, layout },
          rawStream(data, channels, { layout, perChunk }),
        );
        expect(cut).toEqual(whole);
        expect(turned).toEqual(whole);
      },
    ),
    { numRuns: 20 },
  );
});

test("traces [channel, sample] go on as [sample, channel], with the clock that was given", async () => {
  const data = Float64Array.from({ length: 90 }, (_, index) => index);
  const given = { layout: "channels-first", samplingRateHz: 1000, filter: false };
  const outcome = await runSpikeSteps(rawStream(data, 3, { layout: "channels-first", perChunk: 7 }), [
    ["spikes.threshold", given],
  ]);
  expect(checkHeader(outcome.header)).toEqual([]);
  const spec = outcome.header.arrays.find(({ name }) => name === "raw");
  expect(spec?.axes).toMatchObject([
    { name: "sample", size: 30, unit: "second", scale: 0.001 },
    { name: "channel", size: 3 },
  ]);
  expect(outcome.arrays.get("raw")?.slice(0, 6)).toEqual([0, 30, 60, 1, 31, 61]);
});

test("what is wrong is told before the first sample", async () => {
  const reasons = async (parameters: RawOptions, layout: "samples-first" | "channels-first" = "samples-first") => {
    const { header } = rawStream(new Float64Array(300), 3, { layout });
    const steps = [{ name: "spikes.threshold", parameters: { ...parameters } }];
    const { problems } = await analysis.check(header, { steps, layers: KeptLayers.KEPT_LAYERS_NONE });
    return problems.map(({ reason }) => reason);
  };
  expect(await reasons({})).toEqual(["SAMPLING_RATE_UNKNOWN"]);
  expect(await reasons({ samplingRateHz: rate }, "channels-first")).toEqual(["LAYOUT_UNKNOWN"]);
  expect(await reasons({ samplingRateHz: 10_000 })).toEqual(["BAND_INVALID"]);
  expect(await reasons({ samplingRateHz: rate, lowHz: 7000 })).toEqual(["BAND_INVALID"]);
  expect(await reasons({ samplingRateHz: rate, lowHz: 1e-7, highHz: null })).toEqual(["FILTER_TOO_LONG"]);
  expect(await reasons({ samplingRateHz: rate, order: 12 })).toEqual([]);
  expect(await reasons({ samplingRateHz: rate, threshold_sigma: 5 })).toEqual(["OPTION_UNKNOWN"]);
  expect(await reasons({ samplingRateHz: rate, sigma: 0 })).toEqual(["OPTION_INVALID"]);
  expect(await reasons({ samplingRateHz: rate, array: "other" })).toEqual(["RAW_MISSING"]);
  expect(await reasons({ samplingRateHz: rate, hysteresis: false })).toEqual(["OPTION_NOT_APPLICABLE"]);
  expect(await reasons({ samplingRateHz: rate, mode: "spikelab", refractoryMs: 1 })).toEqual(["OPTION_NOT_APPLICABLE"]);
  expect(await reasons({ samplingRateHz: rate, mode: "spikelab" })).toEqual([]);
});

test("the history names every parameter that played a role", async () => {
  const history = async (mode: string) => {
    const given = { mode, samplingRateHz: rate };
    const { header } = await runSpikeSteps(rawStream(new Float64Array(300), 3), [["spikes.threshold", given]]);
    return header.dataset.provenance?.steps[0]?.parameters;
  };
  const shared = { sigma: 5, direction: "both", filter: true, lowHz: 300, highHz: 6000, order: 3, keepRaw: true };
  const both = { ...shared, samplingRateHz: rate };
  expect(await history("robust")).toEqual({ ...both, mode: "robust", refractoryMs: 1 });
  expect(await history("spikelab")).toEqual({ ...both, mode: "spikelab", hysteresis: true });
});

test("numbers that are stored scaled are searched as quantities", async () => {
  const data = Int16Array.from({ length: 2000 }, (_, index) => (index === 700 ? -900 : index % 7));
  const axes = ["sample", "channel"];
  const spec = { valueScale: 0.5, valueOffset: 10, unit: "uV" };
  const stream = memoryStream([{ name: "raw", dataType: "int16", shape: [2000, 1], data, axes, spec }], {
    chunking: [300, 1],
  });
  const given = { samplingRateHz: 1000, filter: false, direction: "down", sigma: 50 };
  const { ragged, header } = await runSpikeSteps(stream, [["spikes.threshold", given]]);
  expect(ragged.get("spikes/times")).toEqual([[0.7]]);
  expect(ragged.get("spikes/amplitudes")).toEqual([[-440]]);
  expect(header.arrays.find(({ name }) => name === "spikes/amplitudes")?.unit).toBe("uV");
});

test("a recording of unknown length is searched to its end; one that turns out too short is named", async () => {
  const streamOf = (samples: number) => {
    const data = Float64Array.from({ length: samples }, (_, index) => Math.sin(index * 1.7) + (index === 15 ? 90 : 0));
    const array = { name: "raw", dataType: "float64" as const, shape: [samples, 1], data, axes: ["sample", "channel"] };
    return memoryStream([array], { chunking: [9, 1], unknownLength: true });
  };
  const given = { samplingRateHz: rate };
  const { ragged, header } = await runSpikeSteps(streamOf(400), [["spikes.threshold", given]]);
  expect(ragged.get("spikes/times")).toEqual([[15 / rate]]);
  expect(header.dataset.spikeTrains[0]?.durationSeconds).toBeUndefined();
  const short = runSpikeSteps(streamOf(21), [["spikes.threshold", given]]);
  await expect(short).rejects.toMatchObject({ problem: { reason: "RECORDING_TOO_SHORT", got: "21 samples" } });
});

test("keepRaw=false leaves the traces out", async () => {
  const stream = rawStream(new Float64Array(300), 3, { layout: "channels-first" });
  const given = { samplingRateHz: rate, layout: "channels-first", keepRaw: false };
  const { header, arrays } = await runSpikeSteps(stream, [["spikes.threshold", given]]);
  expect(checkHeader(header)).toEqual([]);
  expect([...arrays.keys()]).toEqual([]);
  expect(header.dataset.spikeTrains[0]?.rawArray).toBe("");
});

test("a value that is no number stops the step and is named", async () => {
  const data = new Float64Array(300);
  data[250] = Number.NaN;
  const run = runSpikeSteps(rawStream(data, 3, { perChunk: 10 }), [["spikes.threshold", { samplingRateHz: rate }]]);
  await expect(run).rejects.toMatchObject({
    problem: { reason: "RAW_NOT_FINITE", got: "NaN at sample 50 of channel 2" },
  });
});

test("samples that never came stop the step", async () => {
  const stream = rawStream(new Float64Array(300), 3, { perChunk: 10 });
  const frames = (async function* () {
    let count = 0;
    for await (const frame of stream.frames) if (count++ !== 3) yield frame;
  })();
  const run = runSpikeSteps({ ...stream, frames }, [["spikes.threshold", { samplingRateHz: rate }]]);
  await expect(run).rejects.toMatchObject({
    problem: { reason: expect.stringMatching(/RAW_INCOMPLETE|CHUNK_MISSING/) },
  });
});

test("a dead channel has no events", async () => {
  const data = new Float64Array(2 * 2000);
  for (let index = 2000; index < 4000; index++) data[index] = Math.sin(index * 1.7) + (index === 3000 ? 40 : 0);
  const found = await timesMs(data, 2, { filter: false, direction: "up" });
  expect(found).toEqual([[], [50]]);
});

/** Of `channels`, each 4000 samples of noise: what makes the value at a sample something else. */
function noisyTraces(channels: number, change: (channel: number, sample: number, value: number) => number) {
  const data = Float64Array.from({ length: channels * 4000 }, (_, index) => {
    const [channel, sample] = [Math.floor(index / 4000), index % 4000];
    return change(channel, sample, Math.sin(index * index));
  });
  return data;
}

test("what the filter makes of a constant is no noise: the channel is dead, without spikes, and named", async () => {
  const data = noisyTraces(4, (channel, sample, value) => {
    if (channel === 0) return -32_768;
    if (channel === 1) return sample < 2000 ? 0 : 777;
    return value + (sample === 700 ? 40 : 0) + 1e6 * (channel - 2);
  });
  const stream = rawStream(data, 4);
  const steps = [{ name: "spikes.threshold", parameters: { samplingRateHz: rate } }];
  const plan = { steps, layers: KeptLayers.KEPT_LAYERS_NONE };
  const result = await analysis.apply(stream, plan, new AbortController().signal);
  const { ragged, tables } = await gatherSpikes(result);
  const trains = ragged.get("spikes/times") ?? [];
  expect(trains.map((train) => train.length > 0)).toEqual([false, false, true, true]);
  expect(trains[2]).toContain(700 / rate);
  expect(trains[3]).toContain(700 / rate);
  expect(
    tables
      .get("spikes/units")
      ?.get("noise")
      ?.map((noise) => noise > 0),
  ).toEqual([false, false, true, true]);
  expect(result.warnings?.()).toMatchObject([
    { severity: Severity.SEVERITY_WARNING, reason: "CHANNEL_DEAD", got: "2 of 4 channels: 0, 1" },
  ]);
});

test("a recording without a spike is a warning, behind those of the source", async () => {
  const stream = rawStream(
    noisyTraces(1, (_channel, _sample, value) => value),
    1,
  );
  const odd = warning({ reason: "ODD", message: "The recording is odd." });
  const steps = ["spikes.threshold", "spikes.rates"].map((name) => ({
    name,
    parameters: name === "spikes.threshold" ? { samplingRateHz: rate, sigma: 50 } : {},
  }));
  const plan = { steps, layers: KeptLayers.KEPT_LAYERS_NONE };
  const source = { ...stream, warnings: () => [odd] };
  const result = await analysis.apply(source, plan, new AbortController().signal);
  for await (const _ of result.frames);
  expect(result.warnings?.().map(({ reason }) => reason)).toEqual(["ODD", "SPIKES_NONE"]);
});

test("channels that reach an end of their data type are named, scaled or not", async () => {
  for (const [dataType, low, high, scale] of [
    ["int16", -32_768, 32_767, 0.195],
    ["uint8", 0, 255, -2],
  ] as const) {
    const middle = (low + high + 1) / 2;
    const ends = [middle + 5, low, high];
    const values = Array.from({ length: 3000 }, (_, index) => {
      const [sample, channel] = [Math.floor(index / 3), index % 3];
      return sample === 500 ? (ends[channel] as number) : middle + Math.round(9 * Math.sin(index * index));
    });
    const data = dataType === "int16" ? Int16Array.from(values) : Uint8Array.from(values);
    const axes = ["sample", "channel"];
    const spec = { valueScale: scale, valueOffset: 7 };
    const stream = memoryStream([{ name: "raw", dataType, shape: [1000, 3], data, axes, spec }]);
    const steps = [{ name: "spikes.threshold", parameters: { samplingRateHz: rate } }];
    const plan = { steps, layers: KeptLayers.KEPT_LAYERS_NONE };
    const result = await analysis.apply(stream, plan, new AbortController().signal);
    for await (const _ of result.frames);
    expect(result.warnings?.()).toMatchObject([{ reason: "CHANNEL_CLIPPED", got: "2 of 3 channels: 1, 2" }]);
  }
});
