import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Comparison } from "../document.ts";
import { ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

const frames = 200;
const rounds = 3;

/** An annotated movie against playNano's own export. */
export async function gifCases(peers: Peers, scratch: string): Promise<Comparison[]> {
  const folder = join(scratch, "gif");
  const result = await pair(
    () => intoEmptyFolder(folder, ours("write-gif", peers.f32, frames, folder)),
    () => intoEmptyFolder(folder, peer(peers.python, "write_gif.py", peers.f32, frames, folder)),
    rounds,
  );
  const name = "200 annotated frames, playNano 0.5.0";
  console.error(`${name}: ${result.ratio.toFixed(2)}`);
  return [{ name, ours: result.a, peers: result.b, ratio: result.ratio, target: 4 }];
}

async function intoEmptyFolder(folder: string, program: Program): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return run(program);
}
