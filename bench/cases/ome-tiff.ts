import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "../document.ts";
import { ours, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

interface Job {
  readonly name: string;
  readonly dataType: "uint16" | "float32";
  readonly frames: number;
  readonly compression: string;
  readonly peerMode: string;
  readonly sha256?: boolean;
  readonly target?: number;
}

const jobs: readonly Job[] = [
  {
    name: "u16 deflate, tifffile level 1, all workers",
    dataType: "uint16",
    frames: 600,
    compression: "deflate",
    peerMode: "zlib-1",
    target: 2,
  },
  {
    name: "f32 deflate, tifffile level 1, all workers",
    dataType: "float32",
    frames: 300,
    compression: "deflate",
    peerMode: "zlib-1",
    target: 2.4,
  },
  {
    name: "u16 deflate, tifffile default",
    dataType: "uint16",
    frames: 200,
    compression: "deflate",
    peerMode: "zlib-default",
  },
  { name: "u16 uncompressed", dataType: "uint16", frames: 2000, compression: "none", peerMode: "none", target: 0.9 },
  { name: "f32 uncompressed", dataType: "float32", frames: 1000, compression: "none", peerMode: "none", target: 0.9 },
  {
    name: "u16 uncompressed, ours with SHA-256",
    dataType: "uint16",
    frames: 2000,
    compression: "none",
    peerMode: "none",
    sha256: true,
  },
];

/** The OME-TIFF exporter against tifffile. */
export async function omeTiffCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const folder = join(scratch, "tiff");
  mkdirSync(folder);
  const comparisons: Comparison[] = [];
  for (const job of jobs) {
    const raw = job.dataType === "uint16" ? peers.u16 : peers.f32;
    const a = (): Promise<Run> =>
      run(ours("write-ome-tiff", raw, job.dataType, job.frames, folder, job.compression), {
        SHA256: job.sha256 ? "1" : "0",
      });
    const dtype = job.dataType === "uint16" ? "<u2" : "<f4";
    const b = () =>
      run(peer(peers.python, "write_ome_tiff.py", raw, dtype, job.frames, join(folder, "peer.ome.tif"), job.peerMode));
    const result = await pair(a, b, 5);
    comparisons.push({
      name: job.name,
      ours: result.a,
      peers: result.b,
      ratio: result.ratio,
      ...(job.target && { target: job.target }),
    });
    console.error(`${job.name}: ${result.ratio.toFixed(2)}`);
  }
  return comparisons;
}
