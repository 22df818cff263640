import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

interface Job {
  readonly name: string;
  readonly dataType: "uint16" | "float32";
  readonly frames: number;
  readonly compressed: "true" | "false" | "6";
  readonly peerMode: "compressed" | "stored";
  readonly target?: number;
}

const jobs: readonly Job[] = [
  { name: "u16", dataType: "uint16", frames: 600, compressed: "true", peerMode: "compressed", target: 7 },
  { name: "f32", dataType: "float32", frames: 300, compressed: "true", peerMode: "compressed", target: 7 },
  { name: "u16, ours at level 6", dataType: "uint16", frames: 300, compressed: "6", peerMode: "compressed" },
  { name: "u16, numpy.savez", dataType: "uint16", frames: 2000, compressed: "false", peerMode: "stored" },
];

const rounds = 3;

/** The NPZ exporter against numpy.savez_compressed: whole processes, from their start to their end. */
export async function npzCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const { name, dataType, frames, compressed, peerMode, target } of jobs) {
    const raw = dataType === "uint16" ? peers.u16 : peers.f32;
    const folder = join(scratch, "npz");
    const a = ours("write-npz", raw, dataType, frames, folder, compressed);
    const dtype = dataType === "uint16" ? "<u2" : "<f4";
    const b = peer(peers.python, "write_npz.py", raw, dtype, String(frames), join(folder, "peer.npz"), peerMode);
    const result = await pair(
      () => wholeProcess(folder, a),
      () => wholeProcess(folder, b),
      rounds,
    );
    comparisons.push({ name, ours: result.a, peers: result.b, ratio: result.ratio, ...(target ? { target } : {}) });
    console.error(`NPZ ${name}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}

async function wholeProcess(folder: string, program: Program): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const start = performance.now();
  const measured = await run(program);
  return { ...measured, seconds: (performance.now() - start) / 1000 };
}
