import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { type Mishap, startObjectServer } from "@sluice/sink/testing";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";
import type { SpikelabRecording } from "../harness/spikelab-recording.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);

const account = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", SLUICE_S3_REGION: "us-east-1" };
const step = "spikes.threshold:mode=spikelab,layout=channels-first,samplingRateHz=20000";
const chosen = ["--step", step, "--to", "pickle", "--set", "pickle.profile=spikelab", "--name", "cells"];

readable("SpikeLab loads the pickle with raw traces that went to an object store", async () => {
  const folder = scratch.fresh();
  await python.ask("scripts/measure_spikelab.py", { make: folder });
  await using store = await startObjectServer();
  const environment = { ...account, SLUICE_S3_ENDPOINT: store.endpoint };
  const out = ["--out", "S3://bucket/lab/day 1"];
  const run = await sluice(["export", join(folder, "traces.npy"), ...chosen, ...out], { environment });
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
  const object = store.buckets.get("bucket")?.get("lab/day 1/cells.pkl");
  const path = join(folder, "cells.pkl");
  writeFileSync(path, object?.bytes as Uint8Array);
  const [found] = await python.ask<SpikelabRecording[]>("scripts/load_spikelab_pickle.py", [path]);
  expect(found).toMatchObject({ units: 4, sameFields: true, warnings: [] });
  expect(found?.raw.map(({ length }) => length)).toEqual([30_000, 30_000, 30_000, 30_000]);
  expect(store.unfinished).toEqual([]);
});

const refusals: readonly { readonly what: string; readonly mishap: Mishap; readonly reason: string }[] = [
  { what: "no bucket", mishap: { status: 404, code: "NoSuchBucket" }, reason: "BUCKET_MISSING" },
  { what: "no permission", mishap: { status: 403, code: "AccessDenied" }, reason: "OBJECT_STORE_DENIED" },
];

for (const { what, mishap, reason } of refusals) {
  readable(`where SpikeLab says ${what}, so does the command line`, async () => {
    const folder = scratch.fresh();
    await python.ask("scripts/measure_spikelab.py", { make: folder });
    await using store = await startObjectServer();
    store.mishap = () => mishap;
    const environment = { ...account, SLUICE_S3_ENDPOINT: store.endpoint };
    const run = await sluice(["export", join(folder, "traces.npy"), ...chosen, "--out", "s3://bucket/lab"], {
      environment,
    });
    expect(run.code).not.toBe(0);
    expect(run.stdout + run.stderr).toContain(reason);
    expect(store.buckets.get("bucket")?.size).toBe(0);
  });
}
