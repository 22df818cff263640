import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

const channels = 32;
/** An hour with BENCH_LONG=1: 6.9 GB, and as much again for the file of one side. NeuroConv holds 1 GB at a time. */
const isLong = process.env.BENCH_LONG === "1";
const seconds = isLong ? 3600 : 60;
const [unitCount, spikeCount] = [1000, 1_000_000];
const rounds = 3;

/** NWB against NeuroConv (raw traces), pynwb and SpikeLab (spikes): whole processes, from their start to their end. */
export async function nwbCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const python = nwbPython();
  const folder = join(scratch, "nwb");
  const [raw, spikes] = [join(scratch, "recording.raw"), join(scratch, "spikes.f64")];
  const script = fileURLToPath(new URL("../peers/make_recording.py", import.meta.url));
  execFileSync(peers.python, [script, raw, channels, seconds, spikes, unitCount, spikeCount].map(String));
  const jobs = [
    {
      name: `${channels} channels, ${seconds} s of raw traces: NeuroConv`,
      job: "raw",
      against: "neuroconv",
      target: 3,
    },
    { name: `${spikeCount / 1e6} M spikes of ${unitCount} units: pynwb`, job: "units", against: "pynwb" },
    {
      name: `${spikeCount / 1e6} M spikes of ${unitCount} units: SpikeLab`,
      job: "units",
      against: "spikelab",
      target: 2,
    },
  ];
  const comparisons: Comparison[] = [];
  for (const { name, job, against, target } of jobs) {
    const [input, count] = job === "raw" ? [raw, channels] : [spikes, unitCount];
    const result = await pair(
      () => wholeProcess(folder, ours("write-nwb", job, input, count, folder)),
      () => wholeProcess(folder, peer(python, "write_nwb.py", against, input, String(count), join(folder, "peer.nwb"))),
      job === "raw" && isLong ? 1 : rounds,
      { warmUp: job !== "raw" || !isLong },
    );
    comparisons.push({ name, ours: result.a, peers: result.b, ratio: result.ratio, ...(target ? { target } : {}) });
    console.error(`NWB ${name}: ${result.ratio.toFixed(2)}`);
  }
  await Promise.all([raw, spikes].map((path) => rm(path)));
  return comparisons;
}

/** Installs the peers of this section (kept), SpikeInterface among them. */
export function nwbPython(): string {
  const venv = fileURLToPath(new URL("../.venv-nwb", import.meta.url));
  const python = join(venv, "bin/python");
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", venv], { stdio: "inherit" });
  const file = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
  const install = ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--requirement"];
  execFileSync(python, [...install, file("requirements-nwb.txt")], { stdio: "inherit" });
  execFileSync(python, [...install, file("requirements-spikelab.txt"), "--no-deps"], { stdio: "inherit" });
  return python;
}

/** Each run finds the disk alike. */
async function wholeProcess(folder: string, program: Program): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const start = performance.now();
  const measured = await run(program);
  return { ...measured, seconds: (performance.now() - start) / 1000 };
}
