import { expect, test } from "@jest/globals";
import { checkHeader, type RawOptions } from "@sluice/core";
import { spikeStream } from "@sluice/spikes/testing";
import { goldenRaw, runSpikeSteps, spikelabGolden, spikelabMissing } from "../../testing/spikelab.ts";

const withGolden = spikelabMissing ? test.skip : test;

interface RawOf {
  readonly data: Float64Array;
  readonly channels: number;
  readonly rateHz: number;
}

/** Spikes in ms with raw traces [channel, sample], sent as [sample, channel] behind the spikes. */
function withRaw(trainsMs: readonly (readonly number[])[], { data, channels, rateHz }: RawOf) {
  const samples = data.length / channels;
  const turned = Float64Array.from(
    data,
    (_, at) => data[(at % channels) * samples + Math.floor(at / channels)] as number,
  );
  const raw = {
    name: "raw",
    dataType: "float64" as const,
    shape: [samples, channels],
    data: turned,
    axes: [{ name: "sample", unit: "second", scale: 1 / rateHz }, "channel"],
  };
  return spikeStream(
    trainsMs.map((train) => train.map((ms) => ms / 1e3)),
    { arrays: [raw], spikes: { rawArray: "raw" } },
  );
}

// SpikeLab takes the rate from the distances of its sample times; spikes half a sample between two go down by it.
const goldenRate = 19_999.999999998294;

withGolden(`the template is SpikeLab's mean waveform of the filtered traces${spikelabMissing}`, async () => {
  const golden = spikelabGolden().waveforms_unit0;
  const raw = { data: goldenRaw(), channels: 3, rateHz: goldenRate };
  const { arrays, shapes, header } = await runSpikeSteps(withRaw([golden.spike_times_ms[0], []], raw), [
    ["spikes.waveforms", { filter: true, maxPerUnit: 10 }],
  ]);
  expect(checkHeader(header)).toEqual([]);
  expect(header.dataset.spikeTrains[0]?.templatesArray).toBe("spikes/templates");
  expect(shapes.get("spikes/templates")).toEqual([2, 60, 3]);
  expect(shapes.get("spikes/waveforms")).toEqual([4, 60, 3]);
  const templates = arrays.get("spikes/templates") ?? [];
  for (const [sample, value] of golden.avg[0].entries()) expect(templates[sample * 3]).toBeCloseTo(value, 9);
  expect(templates.slice(180).every((value) => value === 0)).toBe(true);
  expect(arrays.get("spikes/waveform_counts")).toEqual([4, 0]);
  expect(arrays.get("spikes/waveform_units")).toEqual([0, 0, 0, 0]);
  expect(arrays.get("spikes/waveform_samples")).toEqual([1005, 5005, 9005, 15005]);
});

withGolden(`quality is SpikeLab's, noise from other samples apart${spikelabMissing}`, async () => {
  const golden = spikelabGolden();
  const trains: number[][] = golden.from_thresholding.nofilter_down_s5.train;
  const raw = { data: goldenRaw(), channels: 3, rateHz: goldenRate };
  const { arrays } = await runSpikeSteps(withRaw(trains, raw), [["spikes.quality"]]);
  const { snr, std_norm: stdNorm } = golden.waveform_metrics;
  for (const unit of [0, 1]) {
    // SpikeLab takes the noise of twenty random chunks, filtered with order 4.
    expect((arrays.get("spikes/snr")?.[unit] ?? 0) / snr[unit]).toBeCloseTo(1, 1);
    expect(arrays.get("spikes/std_norm")?.[unit]).toBeCloseTo(stdNorm[unit], 9);
  }
  expect(arrays.get("spikes/peak_channel")).toEqual([0, 1, -1]);
  // SpikeLab says 0 and infinity of a silent unit.
  expect(arrays.get("spikes/snr")?.[2]).toBeNaN();
});

test("windows that leave the record do not count; ties go to the even sample", async () => {
  const data = Float64Array.from({ length: 40 }, (_, index) => index % 20);
  const raw = { data, channels: 2, rateHz: 1000 };
  const given: RawOptions = { msBefore: 2, msAfter: 3, maxPerUnit: 9 };
  const { arrays } = await runSpikeSteps(withRaw([[1, 2, 5.5, 17, 18], [6.5]], raw), [["spikes.waveforms", given]]);
  expect(arrays.get("spikes/waveform_samples")).toEqual([2, 6, 17, 6]);
  expect(arrays.get("spikes/waveform_counts")).toEqual([3, 1]);
  const mean = (2 + 6 + 17) / 3;
  const expected = [-2, -1, 0, 1, 2].flatMap((shift) => [mean + shift, mean + shift]);
  for (const [index, value] of (arrays.get("spikes/templates") ?? []).slice(0, 10).entries()) {
    expect(value).toBeCloseTo(expected[index] as number, 12);
  }
  expect(arrays.get("spikes/waveforms")?.slice(30)).toEqual([4, 4, 5, 5, 6, 6, 7, 7, 8, 8]);
});

test("spikes that are found in the traces have templates there, whatever comes first in the stream", async () => {
  const data = Float64Array.from({ length: 3000 }, (_, index) => Math.sin(index * 2.3) / 10);
  for (const at of [500, 1200, 2000]) for (const [k, value] of [-3, -9, -4].entries()) data[at - 1 + k] = value;
  const stream = withRaw([[]], { data, channels: 1, rateHz: 10_000 });
  const { arrays } = await runSpikeSteps(stream, [
    ["spikes.threshold", { filter: false, direction: "down" }],
    ["spikes.waveforms", { msBefore: 0.1, msAfter: 0.2 }],
    ["spikes.quality", { filter: false, msBefore: 0.1, msAfter: 0.2 }],
  ]);
  const [before = 0, peak = 0, after = 0] = arrays.get("spikes/templates") ?? [];
  expect([before, peak, after]).toEqual([-3, -9, -4]);
  expect(arrays.get("spikes/waveform_counts")).toEqual([3]);
  expect(arrays.get("spikes/std_norm")?.[0]).toBe(0);
  expect(arrays.get("spikes/snr")?.[0]).toBeGreaterThan(50);
});
