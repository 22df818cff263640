import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

const [channels, length, rateHz, rounds] = [32, 60, 20_000, 3];

/** Spikes by a threshold on raw traces against SpikeLab: whole processes, from their start to their end. */
export async function thresholdCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const traces = join(scratch, "traces.npy");
  const script = fileURLToPath(new URL("../peers/make_traces.py", import.meta.url));
  execFileSync(peers.python, [script, traces, String(channels), String(length)]);
  const comparisons: Comparison[] = [];
  for (const mode of ["robust", "spikelab"]) {
    const name = `${channels} channels, ${length} s of int16, mode ${mode}`;
    const result = await pair(
      () => wholeProcess(ours("threshold-spikes", traces, rateHz, mode)),
      () => wholeProcess(peer(peers.python, "threshold_spikes.py", traces, String(rateHz))),
      rounds,
    );
    // What both store is a number of spikes, no size of a file.
    const noSize = (runs: readonly Run[]) => runs.map(({ seconds, bytes, rss }) => ({ seconds, bytes, rss }));
    comparisons.push({ name, ours: noSize(result.a), peers: noSize(result.b), ratio: result.ratio, target: 2 });
    console.error(`threshold ${mode}: ${result.ratio.toFixed(2)}`);
  }
  await rm(traces);
  return comparisons;
}

async function wholeProcess(program: Program): Promise<Run> {
  const start = performance.now();
  const measured = await run(program);
  return { ...measured, seconds: (performance.now() - start) / 1000 };
}
