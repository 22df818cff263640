import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";
import { nwbPython } from "./nwb.ts";

const jobs = [
  { style: "kilosort", target: 5 },
  { style: "paired", target: 5 },
  { style: "raster", target: 5 },
  { style: "ragged", target: 2 },
  { style: "group", target: 2 },
  { style: "pickle", target: 2 },
];
const sortings = [
  { format: "kilosort", saved: "numpy_folder", name: "our folder for Phy, SpikeInterface's `numpy_folder`" },
  { format: "npz", saved: "npz", name: "NPZ" },
];
const rounds = 5;

/** Sorted spikes against the exporters of SpikeLab and SpikeInterface: whole processes, start to end. */
export async function spikeCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  return [...(await againstSpikelab(peers, scratch)), ...(await againstSpikeinterface(scratch))];
}

/** Both from SpikeLab's own ragged file. */
async function againstSpikelab(peers: Peers, scratch: string): Promise<Comparison[]> {
  const path = join(scratch, "spikes.h5");
  const script = fileURLToPath(new URL("../peers/export_spikes.py", import.meta.url));
  execFileSync(peers.python, [script, path, "make"]);
  const folder = join(scratch, "spikes");
  const comparisons: Comparison[] = [];
  for (const { style, target } of jobs) {
    const result = await pair(
      () => wholeProcess(ours("export-spikes", path, style, folder), folder),
      () => wholeProcess(peer(peers.python, "export_spikes.py", path, style, folder), folder),
      rounds,
    );
    const name = `1,000,000 spikes of 1,000 units, ${style}`;
    comparisons.push({ name, ours: result.a, peers: result.b, ratio: result.ratio, target });
    console.error(`spikes ${style}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}

/** Both from one folder of KiloSort. */
async function againstSpikeinterface(scratch: string): Promise<Comparison[]> {
  const python = nwbPython();
  const path = join(scratch, "kilosort");
  const script = fileURLToPath(new URL("../peers/export_sorting.py", import.meta.url));
  execFileSync(python, [script, path, "make"]);
  const folder = join(scratch, "spikes");
  const comparisons: Comparison[] = [];
  for (const { format, saved, name } of sortings) {
    const result = await pair(
      () => wholeProcess(ours("export-sorting", path, format, folder), folder),
      () => wholeProcess(peer(python, "export_sorting.py", path, saved, folder), folder),
      rounds,
    );
    comparisons.push({
      name: `the same number from KiloSort: ${name}`,
      ours: result.a,
      peers: result.b,
      ratio: result.ratio,
    });
    console.error(`spikes ${name}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}

async function wholeProcess(program: Program, folder: string): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const start = performance.now();
  const measured = await run(program);
  return { ...measured, seconds: (performance.now() - start) / 1000 };
}
