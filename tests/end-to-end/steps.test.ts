import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, jest, test } from "@jest/globals";
import { npyHeader } from "@sluice/npy";
import { filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import { withoutVolatileTexts } from "../harness/volatile.ts";

jest.setTimeout(180_000);
const scratch = useScratch();
const steps = ["--step", "afm.remove_plane", "--step", "afm.gaussian_filter:sigma=1.5"];
let input = "";

beforeAll(async () => {
  input = (await writeOmeTiff(movie({ frames: 6, height: 40, width: 50 }), scratch.fresh("input"), "movie")).path;
});

function exportTo(out: string, ...flags: string[]) {
  return sluice(["export", input, "--to", "ome-tiff,hdf5", "--out", out, "--verify", "--json", ...flags]);
}

test("four services in four processes and the gateway give the artifacts of one process", async () => {
  const [omeTiff, hdf5, analysis] = await Promise.all(
    ["ome-tiff", "hdf5", "analysis"].map((name) => startService(name)),
  );
  const gateway = await startService("gateway", {
    SLUICE_FORMATS: `ome-tiff=${omeTiff?.address},hdf5=${hdf5?.address}`,
    SLUICE_ANALYSIS: String(analysis?.address),
  });
  const files: Record<string, Buffer>[] = [];
  for (const flags of [[], ["--gateway", gateway.address]]) {
    const out = scratch.fresh("out");
    const { code, stderr, lines } = await exportTo(out, ...steps, ...flags);
    expect({ flags, code, stderr }).toEqual({ flags, code: 0, stderr: "" });
    expect(lines.at(-1)).toMatchObject({
      state: "succeeded",
      branches: [{ verification: { equal: true } }, { verification: { equal: true } }],
    });
    expect(filesOf(out)).toEqual(["movie_filtered.h5", "movie_filtered.ome.tif"]);
    files.push({ tif: withoutVolatileTexts(readFileSync(join(out, "movie_filtered.ome.tif"))) });
  }
  expect(files[1]).toEqual(files[0]);
  const told = await Promise.all(
    [[], ["--gateway", gateway.address]].map((flags) => sluice(["steps", "--json", ...flags])),
  );
  expect(told[1]?.lines).toEqual(told[0]?.lines);
  expect(told[0]?.lines[0]).toMatchObject({ type: "steps" });
});

test("what a step warns of stands in the summary once, however far the step is", async () => {
  const traces = join(scratch.fresh("traces"), "traces.npy");
  // Two channels that nothing is connected to.
  writeFileSync(traces, Buffer.concat([npyHeader("<i2", [2, 900]), Buffer.alloc(2 * 2 * 900)]));
  const [npz, analysis] = await Promise.all(["npz", "analysis"].map((name) => startService(name)));
  const gateway = await startService("gateway", {
    SLUICE_FORMATS: `npz=${npz?.address}`,
    SLUICE_ANALYSIS: String(analysis?.address),
  });
  for (const flags of [[], ["--gateway", gateway.address]]) {
    const step = "spikes.threshold:samplingRateHz=20000,layout=channels-first";
    const out = scratch.fresh("out");
    const { code, lines } = await sluice([
      "export",
      traces,
      "--step",
      step,
      "--to",
      "npz",
      "--out",
      out,
      "--json",
      ...flags,
    ]);
    expect({ flags, code }).toEqual({ flags, code: 0 });
    expect(lines.at(-1)).toMatchObject({
      state: "succeeded",
      warnings: [{ severity: "warning", reason: "CHANNEL_DEAD", got: "2 of 2 channels: 0, 1" }],
      branches: [{ format: "npz", warnings: [] }],
    });
  }
});

test("a service without analysis refuses steps, an unknown step is told the nearest", async () => {
  const omeTiff = await startService("ome-tiff");
  const refused = await exportTo(scratch.fresh("refused"), "--to", "ome-tiff", ...steps, "--gateway", omeTiff.address);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.lines.at(-1)).toMatchObject({ type: "error", reason: "ANALYSIS_MISSING" });
  const unknown = await exportTo(scratch.fresh("unknown"), "--step", "afm.remove_plan");
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.lines.at(-1)).toMatchObject({
    reason: "STEP_UNKNOWN",
    remedy: expect.stringMatching(/^Did you mean afm\.remove_plane\? `sluice steps`/),
  });
});

test("raw leaves the steps out", async () => {
  const out = scratch.fresh("raw");
  expect(await exportTo(out, ...steps, "--raw")).toMatchObject({ code: 0 });
  expect(filesOf(out)).toEqual(["movie.h5", "movie.ome.tif"]);
});
