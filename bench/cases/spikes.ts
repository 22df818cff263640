import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

const jobs = [
  { style: "kilosort", target: 5 },
  { style: "paired", target: 5 },
  { style: "raster", target: 5 },
  { style: "ragged", target: 2 },
  { style: "group", target: 2 },
];
const rounds = 5;

/** Sorted spikes against SpikeLab's exporters, both from SpikeLab's own ragged file: whole processes, start to end. */
export async function spikeCases(peers: Peers, scratch: string): Promise<Comparison[]> {
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

async function wholeProcess(program: Program, folder: string): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const start = performance.now();
  const measured = await run(program);
  return { ...measured, seconds: (performance.now() - start) / 1000 };
}
