import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);
const script = "scripts/measure_spikelab.py";

/** How an array of ours compares with SpikeLab's. */
interface Difference {
  readonly shape: readonly number[];
  /** Shapes are equal, and so are the places of NaN. */
  readonly same: boolean;
  readonly error: number;
}

const measures: Readonly<Record<string, readonly string[]>> = {
  rates: ["rates"],
  "binned:binMs=17": ["binned", "binned_mean_rate"],
  "raster:binMs=13": ["raster"],
  "sparse_raster:binMs=9": ["sparse_raster_indices", "sparse_raster_indptr"],
  isi: ["cv", "cv2"],
  "sttc:windowMs=15": ["sttc"],
  "cross_correlogram:binMs=2,maxLagMs=60": ["ccg_peak"],
  "latencies:timesMs=[-500,0,812.5],windowMs=150": ["latencies"],
  "pairwise_latencies:windowMs=200": ["latency_mean", "latency_std"],
  "resampled_isi:stepMs=25,sigmaMs=60": ["resampled_isi"],
  "sliding_rate:windowMs=150,stepMs=40,gaussSigmaMs=60": ["sliding_rate"],
  "population_rate:squareMs=15,gaussSigmaMs=40,binMs=2": ["population_rate"],
  "bursts:threshold=1.5,minDistanceMs=300,edgeFraction=0.3,gaussSigmaMs=50": [
    "bursts/peak",
    "bursts/start",
    "bursts/end",
    "bursts/amplitude",
    "burst_participation",
    "burst_active_fraction",
    "burst_backbone",
  ],
  "isi_violations:thresholdMs=2.5": ["isi_violations_fraction", "isi_violations_hill"],
};

readable("every measure of a recording of SpikeLab's is SpikeLab's, through the command line", async () => {
  const folder = scratch.fresh();
  await python.ask(script, { make: folder });
  const steps = Object.keys(measures).flatMap((step) => ["--step", `spikes.${step}`]);
  const run = await sluice(["export", join(folder, "spikes.h5"), ...steps, "--to", "npz", "--out", folder]);
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
  const question = { compare: folder, measures: join(folder, "spikes.npz") };
  const found = await python.ask<Record<string, Difference>>(script, question);
  expect(Object.keys(found).toSorted()).toEqual(Object.values(measures).flat().toSorted());
  for (const [name, { same, error }] of Object.entries(found)) {
    expect({ name, same, close: error < 1e-8 }).toEqual({ name, same: true, close: true });
  }
});

const thresholds: readonly { readonly step: string; readonly options: Record<string, unknown> }[] = [
  { step: "sigma=5", options: {} },
  { step: "sigma=4,direction=down", options: { threshold_sigma: 4, direction: "down" } },
  { step: "direction=up,filter=false,sigma=1", options: { threshold_sigma: 1, direction: "up", filter: false } },
  {
    step: "direction=down,hysteresis=false,lowHz=500,highHz=4000,order=2",
    options: { direction: "down", hysteresis: false, filter: { lowcut: 500, highcut: 4000, order: 2 } },
  },
  { step: "lowHz=250,highHz=null,order=5", options: { filter: { lowcut: 250, order: 5 } } },
  {
    step: "lowHz=null,highHz=2500,order=4,sigma=1",
    options: { threshold_sigma: 1, filter: { highcut: 2500, order: 4 } },
  },
];

readable("spikes.threshold in mode spikelab finds what from_thresholding finds, to the picosecond", async () => {
  const folder = scratch.fresh();
  await python.ask(script, { make: folder });
  const cases: { path: string; options: Record<string, unknown> }[] = [];
  for (const [index, { step, options }] of thresholds.entries()) {
    const out = join(folder, String(index));
    const given = `spikes.threshold:mode=spikelab,layout=channels-first,samplingRateHz=20000,${step}`;
    const hdf5 = ["--to", "hdf5", "--set", "hdf5.profile=spikelab", "--out", out];
    const run = await sluice(["export", join(folder, "traces.npy"), "--step", given, ...hdf5]);
    expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
    cases.push({ path: join(out, "traces.h5"), options });
  }
  const found = await python.ask<{ spikes: number; same: boolean; error: number; raw: boolean }[]>(script, {
    traces: join(folder, "traces.npy"),
    thresholds: cases,
  });
  for (const { spikes, same, error, raw } of found) {
    expect(spikes).toBeGreaterThan(10);
    expect({ same, raw, close: error < 1e-9 }).toEqual({ same: true, raw: true, close: true });
  }
});
