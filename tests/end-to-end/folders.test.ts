import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { filesOf } from "../harness/folder.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();

/** Three spikes of two clusters at 1 kHz, as NumPy writes them. */
function sorting(): string {
  const folder = scratch.fresh("sorted");
  const list = (values: number[]) => {
    const text = `{'descr': '<i8', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(117);
    const head = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(`${text}\n`)]);
    return Buffer.concat([head, asBytes(BigInt64Array.from(values, BigInt))]);
  };
  writeFileSync(join(folder, "spike_times.npy"), list([10, 15, 20]));
  writeFileSync(join(folder, "spike_clusters.npy"), list([3, 8, 3]));
  writeFileSync(join(folder, "params.py"), "sample_rate = 1000.\n");
  return folder;
}

test("a folder of KiloSort is an input: looked at, exported, and verified", async () => {
  const folder = sorting();
  const info = await sluice(["info", folder, "--json"]);
  expect(info.lines).toMatchObject([{ type: "info", format: "kilosort" }]);
  const out = scratch.fresh("out");
  const { code } = await sluice([
    "export",
    `${folder}/`,
    "--to",
    "kilosort,npz",
    "--out",
    out,
    "--name",
    "m",
    "--verify",
  ]);
  expect(code).toBe(0);
  expect(filesOf(out).filter((file) => file.startsWith("m/spike"))).toEqual([
    "m/spike_clusters.npy",
    "m/spike_templates.npy",
    "m/spike_times.npy",
  ]);
  const again = await sluice(["info", join(out, "m/params.py"), "--json"]);
  expect(again.lines).toMatchObject([{ format: "kilosort", dataset: { name: "m" } }]);
});

test("`sluice info` takes options of the loader, where a folder does not say everything", async () => {
  const folder = sorting();
  rmSync(join(folder, "params.py"));
  const silent = await sluice(["info", folder]);
  expect({ code: silent.code, stderr: silent.stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("SAMPLING_RATE_MISSING"),
  });
  const told = await sluice(["info", folder, "--set", "input.samplingRateHz=1000", "--json"]);
  expect(told.lines).toMatchObject([{ dataset: { spikeTrains: [{ samplingRateHz: 1000 }] } }]);
});

test("a folder of anything else is named", async () => {
  const { code, stderr } = await sluice(["export", scratch.fresh("empty"), "--to", "npz", "--out", scratch.fresh()]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("INPUT_UNKNOWN");
  expect(stderr).toContain("a folder of kilosort");
});
