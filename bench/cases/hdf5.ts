import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

interface Job {
  readonly name: string;
  /** Data type and filters ("shuffle" with gzip, "gzip" alone, "none"), or "small" or "groups". */
  readonly job: string;
  /** Frames, datasets or groups. */
  readonly count: number;
  readonly target?: number;
}

const jobs: readonly Job[] = [
  { name: "u16 (12 bits), gzip with shuffle", job: "uint16 shuffle", count: 400, target: 3.5 },
  { name: "u16 (12 bits), gzip", job: "uint16 gzip", count: 200 },
  { name: "u16 uncompressed", job: "uint16 none", count: 2000, target: 1 },
  { name: "f32, gzip with shuffle", job: "float32 shuffle", count: 200, target: 2.5 },
  { name: "f32, gzip", job: "float32 gzip", count: 100 },
  { name: "f32 uncompressed", job: "float32 none", count: 1000, target: 1 },
  { name: "bool masks, gzip", job: "bool gzip", count: 2000 },
  { name: "bool masks uncompressed", job: "bool none", count: 4000, target: 1 },
  { name: "10,000 datasets of 100 float64", job: "small", count: 10_000 },
  { name: "10,000 groups with 5 attributes", job: "groups", count: 10_000, target: 3 },
];

const rounds = 5;

/** 4.6 GB with BENCH_LONG=1, which takes some 20 s; 1 GB otherwise. */
const longFrames = process.env.BENCH_LONG === "1" ? 8800 : 2000;
const mostMebibytes = 200;

/** The HDF5 writer against h5py. */
export async function hdf5Cases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const folder = join(scratch, "hdf5");
  const comparisons: Comparison[] = [];
  for (const { name, job, count, target } of jobs) {
    const raw = rawOf(job, peers);
    const result = await pair(
      () => intoEmptyFolder(folder, ours("write-hdf5", job, raw, count, folder)),
      () => intoEmptyFolder(folder, peer(peers.python, "write_hdf5.py", job, raw, count, join(folder, "peer.h5"))),
      rounds,
    );
    comparisons.push({ name, ours: result.a, peers: result.b, ratio: result.ratio, ...(target ? { target } : {}) });
    console.error(`HDF5 ${name}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}

/** Resident memory while a long compressed stack is written, as a sentence. */
export async function hdf5Memory(peers: Peers, scratch: string): Promise<string> {
  const folder = join(scratch, "hdf5");
  const { bytes, rss } = await intoEmptyFolder(
    folder,
    ours("write-hdf5", "uint16 shuffle", peers.u16, longFrames, folder),
  );
  const mebibytes = rss / 2 ** 20;
  const verdict = mebibytes <= mostMebibytes ? "" : "**missed**: ";
  return `A u16 stack of ${(bytes / 1e9).toFixed(1)} GB with shuffle: ${mebibytes.toFixed(0)} MiB of resident memory at most (${verdict}target: ${mostMebibytes} MB; BENCH_LONG=1 writes 4.6 GB).`;
}

function rawOf(job: string, { u16, f32, masks }: Peers): string {
  if (job.startsWith("uint16")) return u16;
  if (job.startsWith("float32")) return f32;
  return job.startsWith("bool") ? masks : "";
}

/** Each run finds the disk alike: blocks that another run has just given up are written faster than others. */
async function intoEmptyFolder(folder: string, program: Program): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return run(program);
}
