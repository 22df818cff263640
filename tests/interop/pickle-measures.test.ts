import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { type RawOptions } from "@sluice/core";
import { testContext } from "@sluice/core/testing";
import { npzLoader } from "@sluice/npz";
import { pickle } from "@sluice/pickle";
import { memorySink } from "@sluice/sink/testing";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);

const steps = [
  "sttc",
  "sttc:windowMs=7.5",
  "cross_correlogram:maxLagMs=60",
  "pairwise_latencies:windowMs=200",
  "resampled_isi:stopMs=800,stepMs=12.5,sigmaMs=30",
  "sliding_rate:windowMs=150,stepMs=40",
];

const pairwise = "PairwiseCompMatrix";
const measures: Readonly<Record<string, { readonly type: string; readonly options?: RawOptions }>> = {
  sttc: { type: pairwise },
  sttc_2: { type: pairwise },
  ccg_peak: { type: pairwise },
  ccg_lag: { type: pairwise },
  latency_mean: { type: pairwise },
  latency_std: { type: pairwise },
  resampled_isi: { type: "RateData" },
  sliding_rate: { type: "RateData", options: { rateUnit: "kHz" } },
};

interface Compared {
  readonly alike: boolean;
  readonly type: string;
  readonly error: number | null;
  readonly differ: readonly string[];
}

readable("rates and measures of pairs unpickle as the objects that SpikeLab computes itself", async () => {
  const folder = scratch.fresh();
  await python.ask("scripts/measure_spikelab.py", { make: folder });
  const recording = join(folder, "spikes.h5");
  const asked = steps.flatMap((step) => ["--step", `spikes.${step}`]);
  const run = await sluice(["export", recording, ...asked, "--to", "npz", "--out", folder]);
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
  const pickles: Record<string, string[]> = {};
  for (const [name, { options }] of Object.entries(measures)) {
    pickles[name] = [];
    for (const protocol of [2, 3, 4, 5]) {
      const stream = await npzLoader.load(join(folder, "spikes.npz"), {}, new AbortController().signal);
      const sink = memorySink();
      const chosen = { profile: "spikelab", array: `spikes/${name}`, protocol, ...options };
      await pickle.export(stream, chosen, sink, testContext("a"));
      const path = join(folder, `${name}-${protocol}.pkl`);
      writeFileSync(path, sink.files.get("a.pkl") as Uint8Array);
      pickles[name].push(path);
    }
  }
  const script = "scripts/compare_spikelab_pickles.py";
  const found = await python.ask<Record<string, Compared[]>>(script, { recording, pickles });
  for (const [name, { type }] of Object.entries(measures)) {
    expect(found[name]).toHaveLength(4);
    for (const { error, ...rest } of found[name] as Compared[]) {
      expect({ name, ...rest, close: error !== null && error < 1e-9 }).toEqual({
        name,
        alike: true,
        type,
        differ: [],
        close: true,
      });
    }
  }
});

readable("a choice that the recording does not hold is refused before anything is written", async () => {
  const folder = scratch.fresh();
  await python.ask("scripts/measure_spikelab.py", { make: folder });
  const out = scratch.fresh("out");
  const chosen = ["--set", "pickle.profile=spikelab", "--set", "pickle.object=RateData"];
  const run = await sluice(["export", join(folder, "spikes.h5"), "--to", "pickle", ...chosen, "--out", out]);
  expect(run.code).not.toBe(0);
  expect(run.stderr).toContain("OBJECT_UNFIT");
  expect(run.stderr).toContain("spikes.resampled_isi");
  expect(readdirSync(out)).toEqual([]);
});
