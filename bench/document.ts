import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { median, type Run, rateOf } from "./measure.ts";
import type { Peers } from "./prepare-peers.ts";

/** One comparison. */
export interface Comparison {
  readonly name: string;
  readonly ours: readonly Run[];
  readonly peers: readonly Run[];
  readonly ratio: number;
  /** What must be reached, if something must. */
  readonly target?: number;
}

/** Comparisons as a Markdown table. */
export function tableOf(comparisons: readonly Comparison[]): string {
  return [
    "| job | ours MB/s | peer MB/s | ratio | target | ours size / peer size | ours RSS | peer RSS |",
    "|---|---|---|---|---|---|---|---|",
    ...comparisons.map(rowOf),
  ].join("\n");
}

function rowOf({ name, ours, peers, ratio, target }: Comparison): string {
  const rate = (runs: readonly Run[]) => median(runs.map(rateOf)).toFixed(0);
  const memory = (runs: readonly Run[]) => `${(Math.max(...runs.map((run) => run.rss)) / 2 ** 20).toFixed(0)} MiB`;
  const [first] = ours;
  const size = first?.stored && peers[0]?.stored ? (first.stored / peers[0].stored).toFixed(3) : "";
  const wanted = target === undefined ? "" : `${ratio >= target ? "" : "**missed** "}≥ ${target}`;
  return `| ${name} | ${rate(ours)} | ${rate(peers)} | ${ratio.toFixed(2)} | ${wanted} | ${size} | ${memory(ours)} | ${memory(peers)} |`;
}

/** The machine and the versions, one line. */
export async function machineFacts(peers: Peers): Promise<string> {
  const [cpu] = cpus();
  const python = execFileSync(peers.python, ["--version"], { encoding: "utf8" }).trim();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory}; Node ${process.version}; ${python}; ${peers.versions}.`;
}
