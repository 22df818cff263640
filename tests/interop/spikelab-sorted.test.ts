import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const script = "scripts/spikelab_sorted.py";

testUnless(python.obstacle)("what SpikeLab's sorter saved is the recording that its own loader finds", async () => {
  const folder = scratch.fresh();
  const npz = join(folder, "sorted.npz");
  await python.ask(script, { make: npz });
  const out = join(folder, "out");
  const profiles = ["--set", "pickle.profile=spikelab", "--set", "hdf5.profile=spikelab"];
  const run = await sluice(["export", npz, "--to", "pickle,hdf5,npz", ...profiles, "--verify", "--out", out]);
  expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("verified: npz reads the same");
  const found = await python.ask<{ lengths: number[] }>(script, {
    npz,
    pickle: join(out, "sorted.pkl"),
    hdf5: join(out, "sorted.h5"),
  });
  const { lengths, ...rest } = found;
  expect(rest).toEqual({ trains: true, hdf5: true, spikes: 240, attributes: true, arrays: true, places: true });
  // SpikeLab adds one unit in the last place to the time of the last spike.
  expect(lengths[1]).toBeCloseTo(lengths[0] as number, 6);
});
