import { expect, test } from "@jest/globals";
import { checkHeader, type RawOptions } from "@sluice/core";
import { KeptLayers } from "@sluice/proto";
import { spikeStream } from "@sluice/spikes/testing";
import { analysis } from "../../index.ts";
import {
  goldenStream,
  runSpikeSteps,
  type SpikeOutcome,
  spikelabGolden,
  spikelabMissing,
} from "../../testing/spikelab.ts";

const withGolden = spikelabMissing ? test.skip : test;

/** Arrays of one step on the golden's trains, by name without "spikes/". */
async function measured(
  step: string,
  parameters: RawOptions = {},
): Promise<SpikeOutcome & { of(name: string): number[] }> {
  const outcome = await runSpikeSteps(goldenStream(spikelabGolden()), [[`spikes.${step}`, parameters]]);
  expect(checkHeader(outcome.header)).toEqual([]);
  return { ...outcome, of: (name) => outcome.arrays.get(`spikes/${name}`) ?? [] };
}

/** null stands for NaN in the goldens. */
function expectClose(values: readonly number[], golden: readonly (number | null)[], digits = 9): void {
  expect(values.length).toBe(golden.length);
  for (const [index, value] of golden.entries()) {
    if (value === null) expect(values[index]).toBeNaN();
    else expect(values[index]).toBeCloseTo(value, digits);
  }
}

withGolden(`rates${spikelabMissing}`, async () => {
  const { of } = await measured("rates");
  expectClose(of("rates"), spikelabGolden().rates_Hz, 12);
});

withGolden(`binned counts and rates${spikelabMissing}`, async () => {
  const { of } = await measured("binned");
  expect(of("binned")).toEqual(spikelabGolden().binned_40);
  expectClose(of("binned_mean_rate"), spikelabGolden().binned_meanrate_40_Hz, 12);
});

withGolden(`raster${spikelabMissing}`, async () => {
  const { of, shapes } = await measured("raster", { binMs: 100 });
  expect(shapes.get("spikes/raster")).toEqual([6, 50]);
  expect(of("raster")).toEqual(spikelabGolden().raster_100.flat());
});

withGolden(`sparse raster${spikelabMissing}`, async () => {
  const golden = spikelabGolden().sparse_raster_10;
  const { of, shapes } = await measured("sparse_raster", { binMs: 10 });
  expect(of("sparse_raster_indptr")).toEqual(golden.indptr);
  expect(of("sparse_raster_indices")).toEqual(golden.indices);
  expect(shapes.get("spikes/sparse_raster_indices")).toEqual([golden.indices.length]);
});

withGolden(`intervals, CV and CV2${spikelabMissing}`, async () => {
  const golden = spikelabGolden();
  const { of, ragged } = await measured("isi");
  expectClose(ragged.get("spikes/isi")?.[3] ?? [], golden.isi_unit3);
  expect(ragged.get("spikes/isi")?.map(({ length }) => length)).toEqual(
    golden.trains.map((train: number[]) => Math.max(0, train.length - 1)),
  );
  expectClose(of("cv"), golden.cv_isi);
  expectClose(of("cv2"), golden.cv2_isi);
});

withGolden(`violations of the refractory time${spikelabMissing}`, async () => {
  const golden = spikelabGolden();
  const { of } = await measured("isi_violations");
  expectClose(of("isi_violations_fraction"), golden.isi_violations_percent, 12);
  expectClose(of("isi_violations_hill"), golden.isi_violations_hill);
  expect(of("isi_violations")[0]).toBe(9);
});

withGolden(`spike time tiling${spikelabMissing}`, async () => {
  const { of } = await measured("sttc");
  expectClose(of("sttc"), spikelabGolden().sttc_20.flat());
});

withGolden(`peaks of cross-correlograms${spikelabMissing}`, async () => {
  const { of } = await measured("cross_correlogram", { maxLagMs: 50 });
  expectClose(of("ccg_peak"), spikelabGolden().ccg_bin1_lag50.flat());
  expect(of("ccg_lag").map((lag) => lag + 0)).toEqual(spikelabGolden().ccg_lag_bins.flat());
});

withGolden(`latencies${spikelabMissing}`, async () => {
  const { of } = await measured("latencies", { timesMs: [100, 800, 2500] });
  expectClose(of("latencies"), spikelabGolden().latencies_100_800_2500.flat());
});

withGolden(`pairwise latencies${spikelabMissing}`, async () => {
  const { of } = await measured("pairwise_latencies");
  expectClose(of("latency_mean"), spikelabGolden().pairwise_latency_mean.flat());
  expectClose(of("latency_std"), spikelabGolden().pairwise_latency_std.flat());
});

withGolden(`rate from intervals${spikelabMissing}`, async () => {
  const golden = spikelabGolden().resampled_isi_0_5000_50_sigma100;
  const { of, shapes } = await measured("resampled_isi", { stepMs: 50, sigmaMs: 100 });
  expect(shapes.get("spikes/resampled_isi")).toEqual([6, golden.times.length]);
  expectClose(of("resampled_isi"), golden.rates_Hz.flat());
});

const sliding = [
  ["sliding_rate_200_50", {}],
  ["sliding_rate_gauss100_nosquare", { square: false, gaussSigmaMs: 100 }],
] as const;

for (const [name, parameters] of sliding) {
  withGolden(`sliding rate: ${name}${spikelabMissing}`, async () => {
    const golden = spikelabGolden()[name];
    const { of, header } = await measured("sliding_rate", { windowMs: 200, stepMs: 50, ...parameters });
    const axis = header.arrays.find((array) => array.name === "spikes/sliding_rate")?.axes[1];
    expect(axis).toMatchObject({ size: golden.times.length, origin: golden.times[0], scale: 50, unit: "millisecond" });
    expectClose(
      of("sliding_rate"),
      golden.rates_kHz.flat().map((rate: number) => 1e3 * rate),
    );
  });
}

withGolden(`population rate${spikelabMissing}`, async () => {
  const golden = spikelabGolden().pop_rate_20_100;
  const rate = (await measured("population_rate")).of("population_rate");
  expect(rate.length).toBe(golden.n);
  expect(rate.reduce((sum, value) => sum + value, 0)).toBeCloseTo(golden.sum, 8);
  expect(rate.indexOf(Math.max(...rate))).toBe(golden.argmax);
  expectClose(
    rate.filter((_, index) => index % 50 === 0),
    golden.every50,
    12,
  );
});

const burstParameters = { threshold: 1.5, minDistanceMs: 300, edgeFraction: 0.2 };

withGolden(`bursts${spikelabMissing}`, async () => {
  const golden = spikelabGolden()["bursts_thr1.5_diff300_edge0.2"];
  const { tables } = await measured("bursts", burstParameters);
  const table = tables.get("spikes/bursts");
  expect(table?.get("peak")).toEqual(golden.tburst);
  expect(table?.get("start")).toEqual(golden.edges.map(([start]: number[]) => start));
  expect(table?.get("end")).toEqual(golden.edges.map(([, end]: number[]) => end));
  expectClose(table?.get("amplitude") ?? [], golden.peak_amp);
});

withGolden(`part in bursts${spikelabMissing}`, async () => {
  const { of } = await measured("bursts", burstParameters);
  const [units, perBurst, backbone] = spikelabGolden()["frac_active_min2_bb0.5"];
  expectClose(of("burst_participation"), units, 12);
  expectClose(of("burst_active_fraction"), perBurst, 12);
  expect(of("burst_backbone").flatMap((flag, unit) => (flag === 1 ? [unit] : []))).toEqual(backbone);
});

withGolden(
  `the share of spikes in bursts counts spikes, where SpikeLab counts bins that hold some${spikelabMissing}`,
  async () => {
    const golden = spikelabGolden();
    const { of } = await measured("bursts", burstParameters);
    const edges: number[][] = golden["bursts_thr1.5_diff300_edge0.2"].edges;
    const expected = (golden.trains as number[][]).map((train) => {
      const inside = train.filter((ms) => edges.some(([start = 0, end = 0]) => ms > start && ms <= end + 1));
      return train.length === 0 ? null : inside.length / train.length;
    });
    expectClose(of("burst_spike_fraction"), expected, 12);
    for (const [unit, share] of golden.frac_spikes_in_burst.entries()) {
      if (share !== null) expect(of("burst_spike_fraction")[unit]).toBeGreaterThanOrEqual(share);
    }
  },
);

test("a lone burst is found", async () => {
  const spikes = Array.from({ length: 200 }, (_, index) => 1 + index * 0.0005);
  const rest = [0.01, 0.5, 1.9, 2.4, 2.9];
  const stream = spikeStream([[...rest, ...spikes].toSorted((a, b) => a - b)], { spikes: { durationSeconds: 3 } });
  const given = { threshold: 2, minDistanceMs: 300, edgeFraction: 0.2, gaussSigmaMs: 50 };
  const { tables } = await runSpikeSteps(stream, [["spikes.bursts", given]]);
  const bursts = tables.get("spikes/bursts");
  expect(bursts?.get("peak")?.length).toBe(1);
  expect(Math.abs((bursts?.get("peak")?.[0] ?? 0) - 1050)).toBeLessThan(60);
  expect(bursts?.get("start")?.[0]).toBeLessThan(1000);
  expect(bursts?.get("end")?.[0]).toBeGreaterThan(1100);
});

test("without bursts there is an empty table, and nobody takes part", async () => {
  const stream = spikeStream([[1], []], { spikes: { durationSeconds: 3 } });
  const given = { threshold: 50, minDistanceMs: 300, edgeFraction: 0.2 };
  const { tables, arrays, shapes } = await runSpikeSteps(stream, [["spikes.bursts", given]]);
  expect(tables.size).toBe(0);
  expect(arrays.get("spikes/burst_participation")).toEqual([0, 0]);
  expect(arrays.get("spikes/burst_spike_fraction")).toEqual([Number.NaN, Number.NaN]);
  expect(shapes.get("spikes/burst_active_fraction")).toEqual([0]);
});

withGolden(`agreement of two sortings${spikelabMissing}`, async () => {
  const golden = spikelabGolden();
  const [first, second] = (golden.trains as number[][]).map((train) => train.map((ms) => ms / 1e3)) as [
    number[],
    number[],
  ];
  const one = spikeStream([first, []], { spikes: { durationSeconds: 5 } });
  const other = spikeStream([second, first], {});
  const times = { ...other.header.arrays[0], arrayId: 7, name: "other/times" } as (typeof other.header.arrays)[number];
  const [trains] = other.header.dataset.spikeTrains;
  const stream = {
    header: {
      ...one.header,
      dataset: {
        ...one.header.dataset,
        spikeTrains: [...one.header.dataset.spikeTrains, { ...trains!, timesArray: times.name }],
      },
      arrays: [...one.header.arrays, times],
    },
    frames: (async function* () {
      yield* one.frames;
      for await (const { sequence, content } of other.frames) {
        if (content?.$case === "ragged") {
          yield { sequence, content: { ...content, value: { ...content.value, arrayId: 7 } } };
        }
      }
    })(),
  };
  const { arrays } = await runSpikeSteps(stream, [["spikes.agreement", { deltaMs: 5 }]]);
  const [score, ofFirst, ofSecond] = golden.agreement_u0_u1_delta5;
  expectClose(arrays.get("spikes/agreement") ?? [], [score, 1, 0, 0], 12);
  expectClose(arrays.get("spikes/agreement_first") ?? [], [ofFirst, 1, 0, 0], 12);
  expectClose(arrays.get("spikes/agreement_second") ?? [], [ofSecond, 1, 0, 0], 12);
});

test("the cut of the spikes into chunks changes nothing", async () => {
  const units = [[0.1, 0.2, 0.25, 0.9], [], [0.3, 0.1, 0.7]];
  const run = async (spikesPerChunk: number) => {
    const stream = spikeStream(units, { spikes: { durationSeconds: 1 }, spikesPerChunk });
    const { arrays, ragged } = await runSpikeSteps(stream, [
      ["spikes.isi"],
      ["spikes.sttc"],
      ["spikes.raster", { binMs: 50 }],
    ]);
    return { arrays: [...arrays], ragged: [...ragged] };
  };
  expect(await run(1)).toEqual(await run(100));
});

test("a step twice gives its results twice, under names of their own", async () => {
  const stream = spikeStream([[0.1], [0.11]], { spikes: { durationSeconds: 1 } });
  const { arrays, header } = await runSpikeSteps(stream, [
    ["spikes.sttc", { windowMs: 5 }],
    ["spikes.sttc", { windowMs: 20 }],
  ]);
  expect(checkHeader(header)).toEqual([]);
  expect(arrays.get("spikes/sttc")?.[1]).toBeLessThan(0);
  expect(arrays.get("spikes/sttc_2")?.[1]).toBe(1);
});

test("what is wrong is told before the first spike", async () => {
  const complaints = async (step: string, parameters: RawOptions, spikes = {}, units: number[][] = [[0.1], [0.2]]) => {
    const { header } = spikeStream(units, { spikes });
    const steps = [{ name: step, parameters: { ...parameters } }];
    const { problems } = await analysis.check(header, { steps, layers: KeptLayers.KEPT_LAYERS_NONE });
    return problems;
  };
  const reasons = async (...of: Parameters<typeof complaints>) => (await complaints(...of)).map(({ reason }) => reason);
  const second = { durationSeconds: 1 };
  expect(await reasons("spikes.rates", {})).toEqual(["DURATION_UNKNOWN"]);
  expect(await reasons("spikes.rates", {}, second)).toEqual([]);
  expect(await reasons("spikes.rates", { unit: "Hz" }, second)).toEqual(["OPTION_UNKNOWN"]);
  expect(await reasons("spikes.isi", {})).toEqual([]);
  expect(await reasons("spikes.sttc", { windowMs: 0 }, second)).toEqual(["OPTION_INVALID"]);
  expect(await reasons("spikes.sttc", {}, second, [])).toEqual(["UNITS_MISSING"]);
  expect(await reasons("spikes.raster", { binMs: 1e-9 }, second)).toEqual(["BINS_INVALID"]);
  expect(await reasons("spikes.raster", {}, { durationSeconds: 0 })).toEqual(["BINS_INVALID"]);
  expect(await reasons("spikes.raster", { timeOffsetMs: -2000 }, second)).toEqual(["BINS_INVALID"]);
  for (const [step, field] of [
    ["spikes.raster", "binMs"],
    ["spikes.resampled_isi", "stepMs"],
    ["spikes.sliding_rate", "stepMs"],
  ] as const) {
    expect(await complaints(step, { [field]: 1e-9 }, second)).toMatchObject([
      { reason: "BINS_INVALID", field: expect.stringContaining(field) },
    ]);
  }
  expect(await reasons("spikes.population_rate", { gaussSigmaMs: 200 }, second)).toEqual(["WINDOW_TOO_LONG"]);
  expect(await reasons("spikes.bursts", {}, second)).toEqual(["OPTION_MISSING", "OPTION_MISSING", "OPTION_MISSING"]);
  expect(await reasons("spikes.latencies", {})).toEqual(["OPTION_MISSING"]);
  expect(await reasons("spikes.agreement", {})).toEqual(["SPIKES_MISSING"]);
  expect(await reasons("spikes.waveforms", {})).toEqual(["RAW_MISSING"]);
});

test("units that never came are no silent units", async () => {
  const stream = spikeStream([[0.1], [0.2]], { spikes: { durationSeconds: 1 } });
  const frames = (async function* () {
    for await (const frame of stream.frames) {
      yield frame;
      return;
    }
  })();
  const run = runSpikeSteps({ ...stream, frames }, [["spikes.rates"]]);
  await expect(run).rejects.toMatchObject({ problem: { reason: "SPIKES_INCOMPLETE" } });
});
