import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Comparison, tableOf } from "../document.ts";
import { median, ours, type Program, pair, peer, type Run, run } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

/** A real recording beside the project: 32 frames of 200 x 200 int16. */
const recording = fileURLToPath(new URL("../../../shared/data/afm/asd_sample_0.asd", import.meta.url));
const frames = 1000;
const rounds = 3;
/** Kept by playNano: raw, two layers, data. */
const payloadBytes = frames * 200 * 200 * 4 * 4;

const steps = ["--step", "afm.remove_plane", "--step", "afm.gaussian_filter:sigma=1"];
const formats = "ome-tiff,npz,hdf5,gif";

/** A movie through two steps into four formats, by the command line, against what `playnano process` does. */
export async function afmCases(peers: Peers, scratch: string): Promise<string> {
  if (!existsSync(recording)) return "Not measured: the recording `../shared/data/afm/asd_sample_0.asd` is not there.";
  const folder = join(scratch, "afm");
  const movie = await tile(scratch, frames);
  const comparisons: Comparison[] = [];
  const theirs = peer(peers.python, "process_movie.py", movie, folder);
  for (const [name, layers] of [
    ["every layer kept, as playNano does", "all"],
    ["the raw data kept, our default", "raw"],
  ] as const) {
    const result = await pair(
      () => measured(peers, folder, commandLine(movie, folder, layers)),
      () => measured(peers, folder, theirs),
      rounds,
    );
    comparisons.push({ name, ours: result.a, peers: result.b, ratio: result.ratio, target: 5 });
    console.error(`${name}: ${result.ratio.toFixed(2)}`);
  }
  const seconds = (runs: readonly Run[]) => `${median(runs.map((item) => item.seconds)).toFixed(1)} s`;
  const [kept] = comparisons;
  return [
    tableOf(comparisons),
    "",
    `Every layer kept: ${seconds(kept?.ours ?? [])}, playNano ${seconds(kept?.peers ?? [])}. ${await memoryOf(peers, scratch, folder)}`,
  ].join("\n");
}

/** Resident memory of short and long movies. */
async function memoryOf(peers: Peers, scratch: string, folder: string): Promise<string> {
  const found: string[] = [];
  for (const length of [250, 1000, 4000]) {
    const movie = await tile(scratch, length);
    const { rss } = await measured(peers, folder, commandLine(movie, folder, "all"));
    found.push(`${length} frames ${(rss / 2 ** 20).toFixed(0)} MiB`);
    await rm(movie);
  }
  return `Highest resident memory of ours: ${found.join(", ")}.`;
}

function commandLine(movie: string, folder: string, layers: string): Program {
  return ours(
    "cli/main",
    "export",
    movie,
    ...steps,
    "--layers",
    layers,
    "--to",
    formats,
    "--out",
    folder,
    "--name",
    "movie",
  );
}

async function measured(peers: Peers, folder: string, program: Program): Promise<Run> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return run(peer(peers.python, "measure_command.py", folder, payloadBytes, ...program));
}

/** The recording again and again, up to so many frames. */
async function tile(scratch: string, length: number): Promise<string> {
  const path = join(scratch, `tiled-${length}.asd`);
  await writeFile(path, tiled(await readFile(recording), length));
  return path;
}

/** Its bytes, a frame at a time: what this process holds at most counts for the programs that it starts. */
function* tiled(bytes: Buffer, length: number): Generator<Buffer> {
  // Version 1: length of the header, frames, pixels (loaders/afm/src/asd/layout.ts).
  const start = bytes.readInt32LE(4);
  const count = bytes.readInt32LE(36);
  const frameBytes = 32 + 2 * bytes.readInt32LE(48) * bytes.readInt32LE(52);
  const header = Buffer.from(bytes.subarray(0, start));
  header.writeInt32LE(length, 32);
  header.writeInt32LE(length, 36);
  yield header;
  for (let frame = 0; frame < length; frame++) {
    const from = start + (frame % count) * frameBytes;
    const copy = Buffer.from(bytes.subarray(from, from + frameBytes));
    copy.writeInt32LE(frame, 0);
    yield copy;
  }
}
