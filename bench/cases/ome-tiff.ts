import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

interface Job {
  readonly name: string;
  readonly dataType: "uint16" | "float32";
  readonly frames: number;
  readonly compression: string;
  readonly peerMode: string;
  readonly withoutImagecodecs?: boolean;
  readonly sha256?: boolean;
  readonly target?: number;
}

const u16 = { dataType: "uint16", compression: "deflate", peerMode: "zlib-1" } as const;
const f32 = { dataType: "float32", compression: "deflate", peerMode: "zlib-1" } as const;
const plain = { compression: "none", peerMode: "none" } as const;

const jobs: readonly Job[] = [
  { ...u16, name: "u16 deflate, tifffile alone, level 1", frames: 600, withoutImagecodecs: true, target: 2 },
  { ...u16, name: "u16 deflate, tifffile with imagecodecs, level 1", frames: 2000, target: 2 },
  { ...u16, name: "u16 deflate, tifffile with imagecodecs, default", frames: 400, peerMode: "zlib-default" },
  { ...f32, name: "f32 deflate, tifffile alone, level 1", frames: 300, withoutImagecodecs: true, target: 2.4 },
  { ...f32, name: "f32 deflate, tifffile with imagecodecs, level 1", frames: 1000, target: 2.4 },
  { ...plain, name: "u16 uncompressed", dataType: "uint16", frames: 2000, target: 0.9 },
  { ...plain, name: "f32 uncompressed", dataType: "float32", frames: 1000, target: 0.9 },
  { ...plain, name: "u16 uncompressed, ours with SHA-256", dataType: "uint16", frames: 2000, sha256: true },
];

const rounds = 5;

/** The OME-TIFF exporter against tifffile. */
export async function omeTiffCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const job of jobs) {
    const raw = job.dataType === "uint16" ? peers.u16 : peers.f32;
    const folder = join(scratch, "tiff");
    const a = ours("write-ome-tiff", raw, job.dataType, job.frames, folder, job.compression);
    const dtype = job.dataType === "uint16" ? "<u2" : "<f4";
    const b = peer(
      peers.python,
      "write_ome_tiff.py",
      raw,
      dtype,
      job.frames,
      join(folder, "peer.ome.tif"),
      job.peerMode,
    );
    const result = await pair(
      () => intoEmptyFolder(folder, a, { SHA256: job.sha256 ? "1" : "0" }),
      () => intoEmptyFolder(folder, b, { WITHOUT_IMAGECODECS: job.withoutImagecodecs ? "1" : "0" }),
      rounds,
    );
    const target = job.target === undefined ? {} : { target: job.target };
    comparisons.push({ name: job.name, ours: result.a, peers: result.b, ratio: result.ratio, ...target });
    console.error(`${job.name}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}

/** Each run finds the disk alike: blocks that another run has just given up are written faster than others. */
async function intoEmptyFolder(folder: string, program: Program, environment: Record<string, string>): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return run(program, environment);
}
